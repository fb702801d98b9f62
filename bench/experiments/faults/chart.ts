/** Share of good answers over time under some of the faults: a panel a fault, a line a scheme, all on the same scales. */
import type { FaultId, Run } from '../../record/types.ts'
import { schemesOf, source } from '../../words/charts/axes.ts'
import { schemeLine, shade } from '../../words/charts/marks.ts'
import { type Panel, smallMultiples, text } from '../../words/charts/panels.ts'
import { legend } from '../../words/charts/rows.ts'
import { type Drawing, drawing, size } from '../../words/charts/svg.ts'
import type { Summary } from './schema.ts'
import { faultWords, schemeWords } from './words.ts'

type Entry = Summary['faults'][number]

/** Those whose courses differ most; the table has them all. */
const SHOWN: readonly { fault: FaultId; otherRedispatch?: true }[] = [
  { fault: 'redis-killed-log' },
  { fault: 'redis-read-only' },
  { fault: 'redis-flushed' },
  { fault: 'failover-guarded' },
  { fault: 'replica-killed' },
  { fault: 'replica-killed', otherRedispatch: true },
]

const area = { left: 60, right: 24, top: 166, bottom: 56, gapX: 26, gapY: 66, sharedScale: true } as const
const SHADE = '#f0e4d8'

/**
 * Schemes that few faults were tried with are left out: they behave like one of the others, and nobody can tell
 * seventeen lines apart.
 */
function drawn(faults: readonly Entry[]): Entry[] {
  const tried = new Map<string, Set<string>>()
  for (const { scheme, fault } of faults) tried.set(scheme, (tried.get(scheme) ?? new Set()).add(fault))
  const most = Math.max(...[...tried.values()].map(({ size }) => size))
  return faults.filter(({ scheme }) => 2 * (tried.get(scheme)?.size ?? 0) >= most)
}

/** Null without the experiment. */
export function faultsChart(run: Run, summary: Summary): Drawing | null {
  const drawable = drawn(summary.faults)
  const panels = SHOWN.flatMap(({ fault, otherRedispatch = false }) => {
    const entries = drawable.filter(
      (one) => one.fault === fault && (one.settings.proxyRedispatch !== undefined) === otherRedispatch,
    )
    return entries.length === 0 ? [] : [entries]
  })
  if (panels.length === 0) return null
  const all = panels.flat()
  const span = spanOf(all)
  const inOrder = schemesOf(all).flatMap((scheme) => all.filter((one) => one.scheme === scheme))
  const lines = [
    source(run, `one trial a line, open loop, ${all[0]?.perSec ?? 0} requests/s due, two replicas`),
    'good: right and within half a second of when it was due · shaded: from the injection to the end of the healing',
  ]
  const names = legend({
    data: [...new Set(inOrder.map(schemeWords))],
    left: 60,
    top: 84,
    width: size.width - 180,
    itemGap: 14,
    itemWidth: 26,
    // Lines alone: these have no symbols, and one of them is dashed.
    itemStyle: { opacity: 0 },
  })
  const { option, height } = smallMultiples(panels, area, (entries) => panel(entries, span), [
    text('seconds from the injection', { left: 'center', bottom: 12 }),
  ])
  return drawing(titleOf(summary.faults), lines, { ...option, legend: names }, height)
}

function spanOf(entries: readonly Entry[]) {
  const times = entries.flatMap(({ timeline }) => timeline.map(({ fromMs }) => fromMs / 1_000))
  return { from: Math.round(Math.min(0, ...times)), to: Math.round(Math.max(1, ...times)) }
}

function panel(entries: readonly Entry[], span: { from: number; to: number }): Panel {
  const healedSec = Math.max(...entries.map(({ healedMs }) => healedMs)) / 1_000
  const [first, ...others] = entries.map(lineOf)
  return {
    title: { text: faultWords(entries[0] as Entry), above: 20, fontSize: 12 },
    x: { type: 'value', min: span.from, max: span.to, interval: 1 },
    y: { type: 'value', min: 0, max: 100, interval: 50, format: (share) => `${share} %` },
    // The shade belongs to one of the lines.
    series: [{ ...first, ...shade(0, healedSec, { color: SHADE, opacity: 1 }) }, ...others],
  }
}

function lineOf(entry: Entry) {
  const binSec = ((entry.timeline[1]?.fromMs ?? 0) - (entry.timeline[0]?.fromMs ?? 0)) / 1_000
  // A bin stands in its middle.
  const shares = entry.timeline.map(({ fromMs, goodShare }) => [
    fromMs / 1_000 + binSec / 2,
    goodShare === null ? null : 100 * goodShare,
  ])
  const type = entry.settings.denylistDown === 'open' ? 'dashed' : 'solid'
  return schemeLine(entry.scheme, shares, { name: schemeWords(entry), symbol: 'none', lineStyle: { type } })
}

/** The chart's finding: how many schemes a killed Redis takes along. */
function titleOf(faults: readonly Entry[]): string {
  const killed = faults.filter(({ fault }) => fault === 'redis-killed-log')
  if (killed.length === 0) return 'Share of good answers under faults'
  const down = killed.filter(({ measured }) => measured.duringShare < 0.2)
  const safe = killed.every(({ measured }) => measured.loggedOut === 0)
  const who =
    down.length === killed.length ? 'all that ask it' : `${down.length} of ${killed.length} that use it`
  return `A Redis that is killed takes ${who} along${safe ? ', and logs nobody out when it kept a log' : ''}`
}
