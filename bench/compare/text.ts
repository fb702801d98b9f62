/** A comparison of runs as tables, for terminals and pull requests. */
import type { RunWithRows } from '../figures/rows.ts'
import { ABSENT, figure, NOT_DETECTED, percent } from '../words/format.ts'
import { folded, markdownTable, shown, type Table, tableOf, terminalTable } from '../words/tables.ts'
import { wrap } from '../words/wrap.ts'
import { compareRuns, type RunRatio } from './compare.ts'
import { comparability, type RunDifference, runDifferences } from './differences.ts'
import { metrics } from './samples.ts'

/** One run against the first. */
export interface Compared {
  base: RunWithRows
  other: RunWithRows
  differences: RunDifference[]
  ratios: RunRatio[]
}

/** Each of the others against the first. */
export function comparisons([base, ...others]: readonly RunWithRows[]): Compared[] {
  if (!base) return []
  return others.map((other) => ({
    base,
    other,
    differences: runDifferences(base.run, other.run),
    ratios: compareRuns(base, other),
  }))
}

/** A table for each metric that both have. */
export function ratioTables(ratios: readonly RunRatio[]): { title: string; table: Table }[] {
  const head = ['scheme', 'first', 'other', 'other ÷ first']
  return metrics.flatMap(({ name, title, unit }) => {
    const own = ratios.filter(({ metric }) => metric === name)
    const rows = own.map((one) => [one.scheme, sideText(one.base), sideText(one.other), ratioText(one)])
    return rows.length === 0 ? [] : [{ title: `${title}, ${unit}`, table: { head, rows } }]
  })
}

function sideText({ value, n }: RunRatio['base']): string {
  return `${figure(value)} (n ${n})`
}

/** `~` in the place of a ratio that was not seen to differ from one; its interval says how much could hide there. */
function ratioText({ ratio, detected, p }: RunRatio): string {
  if (ratio === null) return ABSENT
  const interval = p === null ? '' : ` (${decimals(ratio.lo)} to ${decimals(ratio.hi)})`
  return `${detected ? decimals(ratio.value) : NOT_DETECTED}${interval}`
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
  return `${seen.length} of ${ratios.length} ratios differ from one; most of all ${most.metric} of ${most.scheme}, by ${sign}${percent(Math.abs(most.change))}.`
}

const WIDTHS = [22, 18, 18, 22]

/** In 80 columns. */
export function terminalComparison({ base, other, differences, ratios }: Compared): string {
  const differing = differences.map(({ what, kind, base: a, other: b }) =>
    wrap(`${kind}: ${what}: ${a} → ${b}`, '    '),
  )
  return [
    wrap(`first: ${base.run.id}`),
    wrap(`other: ${other.run.id}`),
    '',
    wrap(comparability(differences), '  '),
    ...differing.map((line) => `  ${line}`),
    ...ratioTables(ratios).flatMap(({ title, table }) => ['', title, ...terminalTable(table, WIDTHS)]),
    '',
    wrap(headline(ratios)),
    wrap(NOTE),
  ].join('\n')
}

const NOTE =
  `${NOT_DETECTED} no difference detected: the interval holds one, p is above 5 % after Holm’s correction ` +
  'over all ratios, there are fewer than three blocks, or equal arms differed by as much. Ratios are of ' +
  'geometric means, with their 95 % interval (Welch).'

/** For a pull request. */
export function markdownComparison({ base, other, differences, ratios }: Compared): string {
  return [
    `### ${base.run.id} → ${other.run.id}`,
    comparability(differences),
    folded('What differs', shown(differencesTable(differences), { align: 'text' })),
    headline(ratios),
    ...ratioTables(ratios).flatMap(({ title, table }) => [`**${title}**`, markdownTable(table)]),
    NOTE,
  ]
    .flatMap((part) => part ?? [])
    .join('\n\n')
}
