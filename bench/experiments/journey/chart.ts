/** CPU of a whole journey by tier, stacked, with what a scheme adds to the control beside each bar. */
import { nothingDetected } from '../../figures/comparisons.ts'
import { isControl } from '../../figures/records.ts'
import type { Run } from '../../record/types.ts'
import { armsOf, provenance, valueAxis } from '../../words/charts/axes.ts'
import { leastToMost } from '../../words/charts/finding.ts'
import { whiskers } from '../../words/charts/marks.ts'
import { inRows } from '../../words/charts/rows.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { tierBars } from '../../words/charts/tier-bars.ts'
import { armLabel, compared, figure, inUnit, styles } from '../../words/format.ts'
import { cpuText } from '../../words/warnings.ts'
import type { Summary } from './schema.ts'

type Journeys = Summary['journeys']

/** Null where the run has no experiment `journey`. */
export function journeyChart(run: Run, summary: Summary): Drawing | null {
  const { journeys } = summary
  const arms = armsOf(summary, 'journey').filter(({ arm }) => journeys.some((one) => one.arm === arm.id))
  const [first] = journeys
  if (!first || arms.length === 0) return null
  const rows = arms.map(({ arm, warnings }) => ({
    arm,
    warnings,
    journey: journeys.find((one) => one.arm === arm.id) ?? first,
  }))
  const totals = rows.map(({ journey }) => inMs(journey.cpuUs.total))
  const control = rows.find(({ arm }) => isControl(arm) && !arm.twin)?.journey.cpuUs.total?.value
  const note = `log in, ${first.steps - 3} reads, a write, log out · dashed: control · right: what a scheme adds to it`
  const option = inRows({
    room: { top: 108 },
    stacks: true,
    x: valueAxis('CPU ms per journey'),
    names: rows.map(({ arm }) => armLabel(arm)),
    series: [...tierBars(arms, control && control / 1e3, first.steps / 1e3), whiskers(totals)],
    labels: rows.map(({ journey: { taxUs }, warnings }) => taxLabel(taxUs, warnings)),
  })
  return drawing(titleOf(summary), [provenance(run, totals), note], option)
}

type Total = Journeys[number]['cpuUs']['total']

function inMs(estimate: Total): Total {
  return (
    estimate && { ...estimate, value: estimate.value / 1e3, lo: estimate.lo / 1e3, hi: estimate.hi / 1e3 }
  )
}

function taxLabel(taxUs: Journeys[number]['taxUs'], warnings: Summary['arms'][number]['warnings']): string {
  if (!taxUs) return ''
  const { detected } = taxUs
  const text = compared(taxUs, detected ? inUnit('ms', styles.milliseconds) : styles.milliseconds)
  return cpuText(detected ? `+${text}` : text, warnings)
}

/** The chart's finding: the smallest and the largest addition that were detected. */
function titleOf({ aa, journeys, arms }: Summary): string {
  const seen = journeys.flatMap(({ arm: id, taxUs }) => {
    const scheme = arms.find(({ arm }) => arm.id === id)?.arm.scheme ?? id
    return taxUs?.detected ? [{ scheme, value: taxUs.estimate.value }] : []
  })
  const range = leastToMost(seen, ({ value }) => `${figure(value / 1e3)} ms`)
  if (range === null) return `CPU of a whole journey: ${nothingDetected(aa).toLowerCase()}`
  return `Auth adds ${range} of CPU to a whole journey`
}
