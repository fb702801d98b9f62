/** Wakes the page of a run: what was written into it can already be read, this makes it answer. */
import { schemeNames } from '../../../servers/scheme.ts'
import { narrowed } from '../../report/narrow.ts'
import { sentencesHtml } from '../answer-html.ts'
import { decisionOf, type PageData, planningOf } from '../page-data.ts'
import { chosen, kept, onChoice } from './address.ts'
import { showCharts } from './charts.ts'
import { showComparison, takeDrops } from './compare.ts'
import { showBaseline, showDecision } from './decision.ts'
import { byId } from './dom.ts'
import { showFilters } from './filters.ts'
import { correctAddress } from './plan-request.ts'
import { showPlanner } from './planner.ts'
import { showTabs } from './tabs.ts'
import { followEvidence, showTrials } from './trials.ts'
import { attempt, woken } from './wake.ts'

/** By the id of the place that each of them fills. */
const parts: Readonly<Record<string, (data: PageData) => void>> = {
  sentences: saySentences,
  baseline: (data) => showBaseline(decisionOf(data)),
  'plan-capacity': (data) => showPlanner(planningOf(data)),
  'compare-runs': showComparison,
  'raw-trials': showTrials,
}

correctAddress()
const wakeTabs = showTabs()
await woken(async (data: PageData) => {
  await attempt(() => showDecision(decisionOf(data)))
  const filter = showFilters(data)
  const watch = showCharts(data)
  followEvidence(data)
  takeDrops()
  wakeTabs((tab) => {
    for (const [id, show] of Object.entries(parts))
      if (tab.querySelector(`#${id}`)) void attempt(() => show(data))
    watch(tab)
    filter()
  })
})

/** Of the schemes that the reader chose. */
function saySentences({ run, summary }: PageData): void {
  const say = () => {
    byId('sentences').innerHTML = sentencesHtml(run, narrowed(summary, kept('schemes', schemeNames)))
  }
  if (chosen('schemes') !== null) say()
  onChoice(['schemes'], say)
}
