/** What each tuning changes about the CPU of a request: a dot with its interval for each, by what it is compared with. */
import { type Comparison, nothingDetected } from '../../figures/comparisons.ts'
import { armsIn } from '../../figures/records.ts'
import type { CoreSummary } from '../../figures/schema.ts'
import type { Arm, Run } from '../../record/types.ts'
import { provenance, schemesOf, valueAxis } from '../../words/charts/axes.ts'
import { dots, hollow, upright, whiskers } from '../../words/charts/marks.ts'
import { ink, lookOf } from '../../words/charts/palette.ts'
import { inRows } from '../../words/charts/rows.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { capital, figure, pText, styles, unseen, withInterval } from '../../words/format.ts'

/** A tuning, or with `cost` null the heading above those of one scheme. */
interface Row {
  name: string
  scheme: string
  cost: Comparison | null
}

const ROW_HEIGHT = 17
const TOP = 94
const BOTTOM = 48

/** Null where the run has no experiment `knobs` with anything to compare. */
export function knobsChart(run: Run, summary: CoreSummary): Drawing | null {
  const rows = rowsOf(summary)
  if (rows.length === 0) return null
  const costs = rows.map(({ cost }) => cost?.estimate)
  const note =
    'against the scheme as it is, in the same block; left of the line saves CPU · hollow, ~: no difference detected'
  const option = inRows({
    room: { left: 176, right: 196, top: TOP, bottom: BOTTOM },
    x: valueAxis('change of CPU µs per request: replica, Redis and proxy together', {}),
    names: rows.map(({ name, cost }) => (cost ? name : `{heading|${name}}`)),
    axis: { axisLabel: nameLabel, axisLine: { show: false } },
    series: [points(rows), whiskers(costs)],
    labels: rows.map(label),
    told: rows.map(({ cost, scheme }) => cost && `n ${cost.estimate.n}${pText(cost.p)}, in ${scheme}`),
  })
  const height = TOP + BOTTOM + ROW_HEIGHT * rows.length
  return drawing(titleOf(summary, rows), [provenance(run, costs), note], option, height)
}

const nameLabel = {
  color: ink.text,
  fontSize: 12,
  interval: 0,
  rich: { heading: { fontWeight: 'bold', fontSize: 12, color: ink.text } },
}

function rowsOf({ arms }: CoreSummary): Row[] {
  const tuned = armsIn(arms, 'knobs').flatMap(({ arm, versus }) => {
    if (!versus?.cpuDifferenceUs) return []
    const base = arms.find((one) => one.arm.id === versus.arm)
    return [{ name: tuningName(arm), scheme: base?.arm.scheme ?? '', cost: versus.cpuDifferenceUs }]
  })
  return schemesOf(tuned).flatMap((scheme) => [
    { name: scheme, scheme, cost: null },
    ...tuned.filter((row) => row.scheme === scheme),
  ])
}

const INSTEAD = ' instead'

/** What was changed about the base; another scheme where it has no words for it. */
function tuningName({ variant, scheme }: Arm): string {
  return variant === null ? `${scheme}${INSTEAD}` : variant.replaceAll('-', ' ')
}

function points(rows: readonly Row[]) {
  const data = rows.flatMap(({ cost, scheme }, row) => {
    if (!cost) return []
    const { color } = lookOf(scheme)
    const itemStyle = { opacity: 1, ...(cost.detected ? { color } : hollow(color, 1.5)) }
    return [{ value: [cost.estimate.value, row], itemStyle }]
  })
  return dots(data, { symbolSize: 9, ...upright(0, { type: 'solid' }) })
}

/** p and the smallest effect that would have been seen stand in the table; here they would fill the row. */
function label({ cost }: Row): string {
  if (!cost) return ''
  const text = withInterval(cost.estimate, styles.added)
  return cost.detected ? text : unseen(text)
}

/** The chart's finding: what saves most and what costs most, of all that was detected. */
function titleOf({ aa }: CoreSummary, rows: readonly Row[]): string {
  const seen = rows
    .flatMap(({ cost, ...row }) => (cost?.detected ? [{ ...row, us: cost.estimate.value }] : []))
    .sort((a, b) => a.us - b.us)
  const [best, worst] = [seen[0], seen.at(-1)]
  const said = ({ name, scheme, us }: (typeof seen)[number]) =>
    `${name.endsWith(INSTEAD) ? `${name} of ${scheme}` : `${name} (${scheme})`} ${us < 0 ? 'saves' : 'costs'} ${figure(Math.abs(us))} µs`
  const parts = [
    ...(best && best.us < 0 ? [`${said(best)} of CPU a request`] : []),
    ...(worst && worst.us > 0 ? [said(worst)] : []),
  ]
  // The name of a scheme is written as it is.
  const isNamed = (best && best.us < 0 ? best : worst)?.name.endsWith(INSTEAD)
  if (parts.length > 0) return isNamed ? parts.join(', ') : capital(parts.join(', '))
  return aa ? 'No tuning made a difference that can be told from noise' : nothingDetected(aa)
}
