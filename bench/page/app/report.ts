/** Wakes the page of a run: what was written into it can already be read, this makes it answer. */
import type { PageData } from '../page-data.ts'
import { showCharts } from './charts.ts'
import { showComparison } from './compare.ts'
import { showFilters } from './filters.ts'
import { showPlanner } from './planner.ts'
import { showTrials } from './trials.ts'
import { attempt, woken } from './wake.ts'

const parts: readonly ((data: PageData) => void)[] = [
  showTrials,
  showFilters,
  showCharts,
  showPlanner,
  showComparison,
]

await woken(async (data: PageData) => {
  for (const show of parts) await attempt(() => show(data))
})
openTarget()
window.addEventListener('hashchange', openTarget)

/** A link to a claim opens it. */
function openTarget(): void {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (target instanceof HTMLDetailsElement) target.open = true
}
