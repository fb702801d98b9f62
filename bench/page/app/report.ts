/** Wakes the page of a run: what was written into it can already be read, this makes it answer. */
import { decisionOf, type PageData, planningOf } from '../page-data.ts'
import { showCharts } from './charts.ts'
import { showComparison } from './compare.ts'
import { showBaseline, showDecision } from './decision.ts'
import { showFilters } from './filters.ts'
import { correctAddress } from './plan-controls.ts'
import { showPlanner } from './planner.ts'
import { showTabs } from './tabs.ts'
import { showTrials } from './trials.ts'
import { attempt, woken } from './wake.ts'

const parts: readonly ((data: PageData) => void)[] = [
  (data) => showDecision(decisionOf(data)),
  (data) => showBaseline(decisionOf(data)),
  showTrials,
  showFilters,
  showCharts,
  (data) => showPlanner(planningOf(data)),
  showComparison,
]

correctAddress()
showTabs()
await woken(async (data: PageData) => {
  for (const show of parts) await attempt(() => show(data))
})
