/** What a run must be like before it is published: the reasons why it is not, as sentences. */
import { answerWidth, TOO_WIDE } from '../experiments/cost/precision.ts'
import { isControl } from '../figures/records.ts'
import { isSamePoint } from '../figures/turns.ts'
import type { Run, TrialResult } from '../record/types.ts'
import { MIN_BLOCKS_TO_DETECT } from '../stats/paired.ts'
import { counted, figure, list, percent } from '../words/format.ts'
import type { Summary } from './schema.ts'

/**
 * @param identities names of the machine and its user, which are nobody's business: host, user, home folder
 * @returns empty where nothing stands against it
 */
export function reasonsAgainst(
  run: Run,
  summary: Summary,
  results: readonly TrialResult[],
  identities: readonly string[],
): string[] {
  return [
    ...ofProfile(run),
    ...ofCompleteness(run, summary, results),
    ...ofPrecision(summary),
    ...ofCode(run),
    ...ofOwnError(run, summary),
    ...ofPrivacy([run, ...results], identities),
  ]
}

function ofProfile({ profile }: Run): string[] {
  if (profile === 'standard' || profile === 'full') return []
  return [`a ${profile} run is too short for figures: measure with --profile standard or full`]
}

function ofCompleteness(
  { id, finishedAt, plan }: Run,
  { costCurves, trials: { planned, ok } }: Summary,
  results: readonly TrialResult[],
): string[] {
  const goOn = `go on with npm run bench -- --resume results/${id}`
  if (finishedAt === null) return [`the run is not finished: ${goOn}`]
  if (ok === planned) return []
  const measured = new Set(results.filter(({ ok }) => ok).map(({ trial }) => trial.arm.id))
  const without = [...new Set(plan.map(({ arm }) => arm.id))].filter((id) => !measured.has(id))
  // What a run with an answer lacks shows in its intervals; without one only the count of trials says that it is whole.
  if (answerWidth(costCurves) !== null && without.length === 0) return []
  const arms = without.length > 0 ? `, none of ${list(without)}` : ''
  return [`gates left ${counted(planned - ok, 'trial')} of ${planned} without a figure${arms}: ${goOn}`]
}

/** Of the answer, whatever was planned for it: a run that is bounded in time takes as many turns as it can. */
function ofPrecision({ costCurves }: Summary): string[] {
  const width = answerWidth(costCurves)
  if (width === null || width <= TOO_WIDE) return []
  return [
    `what the dearer of the two adds is known to ± ${percent(width)} only, and ${percent(TOO_WIDE)} is the most: measure anew on a ` +
      'quieter machine',
  ]
}

function ofCode({ environment: { gitCommit, gitDirty } }: Run): string[] {
  if (gitCommit === null) return ['it does not say which commit it was made with: measure from a clone']
  return gitDirty
    ? ['it was made with uncommitted changes, which nobody else has: commit them and measure anew']
    : []
}

const SIGNIFICANT = 0.05
/** By as much equal arms may differ, whatever their interval says: it excludes the truth in one run of twenty. */
const MOST_OWN_ERROR = 0.05

/**
 * Equal arms must not look different: then nothing that the run says of unequal ones could be believed. Two blocks of
 * saturation lie on the same side of one every second time; where there are turns, these tell equal arms at each point.
 */
function ofOwnError({ plan }: Run, { aa, costCurves }: Summary): string[] {
  if (!aa) {
    return plan.some(({ arm }) => arm.twin)
      ? ['the second control has no figure, so that nothing could be called a difference: measure anew']
      : ['the control was not measured twice: measure the experiment cost or aa as well']
  }
  const figures = [
    { name: 'throughput', ratio: aa.throughputRatio },
    { name: 'CPU a request', ratio: aa.cpuRatio },
  ]
  return [
    ...ofEqualTurns(costCurves),
    ...figures.flatMap(({ name, ratio: { value, lo, hi, n } }) =>
      n < MIN_BLOCKS_TO_DETECT || (lo <= 1 && 1 <= hi) || Math.abs(value - 1) <= MOST_OWN_ERROR
        ? []
        : [
            `two identical controls differed in ${name} (${percent(value)}, ${percent(lo)} to ${percent(hi)}): the machine was ` +
              'disturbed; measure anew on a quieter one',
          ],
    ),
  ]
}

/** At 5 % over all points, and by more than equal arms may differ. */
function ofEqualTurns({ equal, curves }: Summary['costCurves']): string[] {
  const control = curves.find(({ scheme, twin }) => isControl({ scheme }) && !twin)
  return equal.flatMap(({ p, byUs, ...point }) => {
    const own = control?.points.find((other) => isSamePoint(other, point))?.cpuUs.value ?? 0
    if (p >= SIGNIFICANT || Math.abs(byUs) <= MOST_OWN_ERROR * own) return []
    const at = point.perSec === null ? 'at saturation' : `at ${figure(point.perSec)}/s`
    return [
      `turns of two identical controls differed by ${figure(byUs)} µs ${at}: the machine was disturbed; measure anew on a quieter one`,
    ]
  })
}

/** Home folders, however they are called. */
const HOMES = /(?:\/home\/|\/Users\/|\\Users\\)[^/\\\s"]+/
/** Shorter ones would be found in every word. */
const LEAST_LETTERS = 3

function ofPrivacy(records: readonly object[], identities: readonly string[]): string[] {
  const names = identities.filter((name) => name.length >= LEAST_LETTERS)
  const found = new Map<string, Set<string>>()
  for (const record of records) {
    for (const { path, text } of texts(record)) {
      const hits = [...names.filter((name) => hasWord(text, name)), ...(HOMES.exec(text) ?? [])]
      for (const hit of hits) found.set(hit, (found.get(hit) ?? new Set()).add(path))
    }
  }
  return [...found].map(
    ([hit, paths]) =>
      `“${hit}” in ${list([...paths].slice(0, 3))} looks like the name of a machine or a person: measure again where it is not recorded`,
  )
}

function hasWord(text: string, word: string): boolean {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`, 'i').test(text)
}

/** Every text of a record with where it stands; places in lists are not told apart. */
function* texts(value: unknown, path = ''): Generator<{ path: string; text: string }> {
  if (typeof value === 'string') yield { path, text: value }
  else if (Array.isArray(value)) for (const item of value) yield* texts(item, path)
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* texts(inner, path ? `${path}.${key}` : key)
  }
}
