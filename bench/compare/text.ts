/** A comparison of runs as tables, for terminals and pull requests. */
import type { RunWithRows } from '../figures/rows.ts'
import type { Point } from '../record/types.ts'
import { groupedBy } from '../stats/groups.ts'
import { ABSENT, counted, figure, NOT_DETECTED, percent, pText, unseen } from '../words/format.ts'
import { folded, markdownTable, shown, type Table, tableOf, terminalTable } from '../words/tables.ts'
import { wrap } from '../words/wrap.ts'
import { isSameMachine } from './alike.ts'
import { type Known, knownOf, placeKey, whyNotWidened } from './between.ts'
import { compareRuns, isSamePace, paceRatio, type RunRatio } from './compare.ts'
import { placed } from './conditions.ts'
import { comparability, type RunDifference, runDifferences } from './differences.ts'
import { type Metric, metrics } from './samples.ts'

/** One run against the first. */
export interface Compared {
  base: RunWithRows
  other: RunWithRows
  differences: RunDifference[]
  /** How many times as much CPU the control took in the other; null where both did not measure it. */
  pace: number | null
  /** What runs of their machine differ by; null where the two are not of one machine. */
  known: Known | null
  ratios: RunRatio[]
}

/**
 * Each of the others against the first.
 *
 * @param others runs that may be of their machine, to tell what its runs differ by
 */
export function comparisons(
  [base, ...others]: readonly RunWithRows[],
  besides: readonly RunWithRows[] = [],
): Compared[] {
  if (!base) return []
  return others.map((other) => {
    const ids = [base.run.id, other.run.id]
    const known = isSameMachine(base.run, other.run) ? knownOf(base, besides, ids) : null
    const differences = runDifferences(base.run, other.run)
    const ratios = compareRuns(base, other, known)
    return { base, other, differences, pace: paceRatio(base, other), known, ratios }
  })
}

/** What the control says of the machine, and what is known of how its runs differ. */
export function machineText({ differences, pace, known, ratios }: Compared): string {
  if (ratios.length === 0) return ''
  return [paceText(pace, differences), knownText(known)].filter(Boolean).join(' ')
}

function paceText(pace: number | null, differences: readonly RunDifference[]): string {
  if (pace === null) return 'The control was not measured in both: that a machine was slower cannot be told.'
  if (isSamePace(pace)) return ''
  const word = pace > 1 ? 'slower' : 'faster'
  const may = differences.length === 0 ? `this machine was ${word} in the other run` : mayBe(word, pace)
  return (
    `The control took ${decimals(pace)} times as much CPU: ${may}. Ratios of CPU and throughput are of what is measured beside ` +
    'the control; capacity is not judged.'
  )
}

/** Other code may be what all schemes share. */
const mayBe = (word: string, pace: number) =>
  `the machine was ${word} in the other run, or what all schemes share takes ${pace > 1 ? 'more' : 'less'}`

function knownText(known: Known | null): string {
  if (known === null) return ''
  const why = whyNotWidened(known)
  if (why) return `Intervals are those of the two runs alone, ${why}.`
  return (
    `Intervals are widened by what ${counted(known.runs, 'other run')} of this machine from ` +
    `${counted(known.occasions, 'occasion')} differ by.`
  )
}

/** A table for each metric and rate that both have. */
export function ratioTables(ratios: readonly RunRatio[]): { title: string; table: Table }[] {
  const head = ['scheme', 'first', 'other', 'other ÷ first']
  return metrics.flatMap(({ name, title, unit, beside }) => {
    const own = ratios.filter(({ metric }) => metric === name)
    return [...groupedBy(own, ({ at }) => placeKey(at)).values()].map((some) => {
      const rows = some.map((one) => [one.scheme, sideText(one.base), sideText(one.other), ratioText(one)])
      const relative = beside === 'control' ? '; ratio beside the control' : ''
      return { title: `${title}${placeText(some[0]?.at, beside)}, ${unit}${relative}`, table: { head, rows } }
    })
  })
}

function placeText(at: Point | null | undefined, beside: Metric['beside']): string {
  if (!at?.perSec) return beside === 'control' ? ' at saturation' : ''
  return ` at ${figure(at.perSec)}/s${at.handlerUs > 0 ? ` with ${figure(at.handlerUs)} µs of work` : ''}`
}

const sideText = ({ value, n, isAtLeast }: RunRatio['base']): string =>
  `${isAtLeast ? '≥ ' : ''}${figure(value)} (n ${n})`

/** A ratio that was not seen to differ from one stands behind a `~`, with p; its interval says how much could hide there. */
function ratioText({ ratio, detected, p }: RunRatio): string {
  if (ratio === null) return ABSENT
  const chance = detected ? '' : pText(p)
  const interval = p === null ? '' : ` (${decimals(ratio.lo)} to ${decimals(ratio.hi)}${chance})`
  const text = `${decimals(ratio.value)}${interval}`
  return detected ? text : unseen(text)
}

const decimals = (ratio: number) => (ratio >= 10 ? figure(ratio) : ratio.toFixed(2))

export function differencesTable(differences: readonly RunDifference[]): Table {
  return tableOf(differences, {
    differs: ({ what }) => what,
    kind: ({ kind }) => kind,
    first: ({ base }) => base,
    other: ({ other }) => other,
  })
}

/** The largest change that counts as seen, in one sentence. */
export function headline(ratios: readonly RunRatio[]): string {
  const seen = ratios
    .flatMap((one) => (one.detected && one.ratio ? [{ ...one, change: one.ratio.value - 1 }] : []))
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change))
  const [most] = seen
  if (ratios.length === 0) return 'The two runs have no figure in common.'
  if (!most) return `No difference was detected in ${ratios.length} ratios.`
  const sign = most.change > 0 ? '+' : '−'
  return `${seen.length} of ${ratios.length} ratios differ from one; most of all ${most.metric} of ${placed(most)}, by ${sign}${percent(Math.abs(most.change))}.`
}

const WIDTHS = [20, 15, 15, 30]

/** In 80 columns. */
export function terminalComparison(compared: Compared): string {
  const { base, other, differences, ratios } = compared
  const machine = machineText(compared)
  const differing = differences.map(({ what, kind, base: a, other: b }) =>
    wrap(`${kind}: ${what}: ${a} → ${b}`, '    '),
  )
  return [
    wrap(`first: ${base.run.id}`),
    wrap(`other: ${other.run.id}`),
    '',
    wrap(comparability(differences), '  '),
    ...differing.map((line) => `  ${line}`),
    ...(machine ? [wrap(machine, '  ')] : []),
    ...ratioTables(ratios).flatMap(({ title, table }) => ['', title, ...terminalTable(table, WIDTHS)]),
    '',
    wrap(headline(ratios)),
    wrap(NOTE),
  ].join('\n')
}

const NOTE =
  `${NOT_DETECTED} no difference detected: the interval holds one, p is above 5 % after Holm’s correction ` +
  'over all ratios, there are fewer than three blocks, or equal arms differed by as much. Ratios are of ' +
  'geometric means, with their 95 % interval (Welch). Those of CPU and throughput are of what each is beside ' +
  'the control of its run, which a slower machine slows as well.'

/** For a pull request. */
export function markdownComparison(compared: Compared): string {
  const { base, other, differences, ratios } = compared
  return [
    `### ${base.run.id} → ${other.run.id}`,
    comparability(differences),
    folded('What differs', shown(differencesTable(differences), { align: 'text' })),
    machineText(compared) || null,
    headline(ratios),
    ...ratioTables(ratios).flatMap(({ title, table }) => [`**${title}**`, markdownTable(table)]),
    NOTE,
  ]
    .flatMap((part) => part ?? [])
    .join('\n\n')
}
