/** Bytes that a request and its reply take on the wire, and what of them is the credential’s. */
import { isControl } from '../../figures/records.ts'
import type { CoreSummary } from '../../figures/schema.ts'
import type { Run } from '../../record/types.ts'
import { armsOf, provenance, valueAxis } from '../../words/charts/axes.ts'
import { leastToMost } from '../../words/charts/finding.ts'
import { inRows, stacked } from '../../words/charts/rows.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { inFamilies } from '../../words/families.ts'
import { armLabel, styles } from '../../words/format.ts'

type Arms = CoreSummary['arms']

const DIRECTIONS = [
  { key: 'bytesSentPerRequest', name: 'request', color: '#4477aa' },
  { key: 'bytesReceivedPerRequest', name: 'reply', color: '#ccbb44' },
] as const

/** Null where the run has no experiment `cost`. */
export function wireChart(run: Run, summary: CoreSummary): Drawing | null {
  const arms = inFamilies(
    armsOf(summary, 'cost').filter(({ arm }) => !arm.twin),
    (entry) => ({ scheme: entry.arm.scheme, value: bytesOf(entry) }),
    'least',
  )
  if (arms.length === 0) return null
  const control = arms.find(({ arm }) => isControl(arm))
  const base = control && bytesOf(control)
  const added = arms.map((entry) => {
    const own = isControl(entry.arm) ? undefined : bytesOf(entry)
    return own === undefined || base === undefined ? null : own - base
  })
  const estimates = arms.flatMap(({ metrics }) => DIRECTIONS.map(({ key }) => metrics[key]))
  const note =
    'headers and bodies of HTTP/1.1 between client and proxy, as the generator counts them · right: beyond the control'
  const rows = inRows({
    room: { right: 120, top: 108 },
    stacks: true,
    x: valueAxis('bytes per request'),
    names: arms.map(({ arm }) => armLabel(arm)),
    series: DIRECTIONS.map(({ key, name, color }) =>
      stacked(
        name,
        color,
        arms.map(({ metrics }) => metrics[key]?.value),
      ),
    ),
    labels: added.map((bytes) => (bytes === null ? '' : styles.wholeAdded.value(bytes))),
  })
  return drawing(titleOf(arms, added), [provenance(run, estimates), note], rows)
}

/** Both directions; undefined where either was not counted. */
function bytesOf({ metrics }: Arms[number]): number | undefined {
  const [sent, received] = DIRECTIONS.map(({ key }) => metrics[key]?.value)
  return sent === undefined || received === undefined ? undefined : sent + received
}

function titleOf(arms: Arms, added: readonly (number | null)[]): string {
  const more = arms.flatMap(({ arm: { scheme } }, i) => {
    const value = added[i] ?? null
    return value === null ? [] : [{ scheme, value: Math.round(value) }]
  })
  const range = leastToMost(more, ({ value }) => `${styles.whole.value(value)} bytes`)
  return range === null ? 'Bytes of a request and its reply' : `A credential adds ${range} to a request`
}
