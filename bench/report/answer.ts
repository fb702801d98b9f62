/** The plain-language answer that opens a report: sentences made from a summary, none that it does not carry. */
import { basisOfRun } from '../decide/basis.ts'
import { choiceText } from '../decide/sentences.ts'
import { costSentence as everydaySentence } from '../experiments/cost/answer.ts'
import { precisionText } from '../experiments/cost/precision.ts'
import { busyText, commonRates, isLowerBound, rungAt, sloText } from '../experiments/latency/tables.ts'
import { ROLES } from '../experiments/roles.ts'
import { upgradesSentence } from '../experiments/upgrades/answer.ts'
import { instrumentLimit, nothingDetected } from '../figures/comparisons.ts'
import { armsIn, CONTROL, isControl } from '../figures/records.ts'
import type { Environment, Run, Slo } from '../record/types.ts'
import { ownError } from '../stats/paired.ts'
import {
  code,
  counted,
  figure,
  list,
  machine,
  percent,
  responseTime,
  styles,
  withInterval,
} from '../words/format.ts'
import type { Summary } from './schema.ts'

type SummaryArm = Summary['arms'][number]
/** How a scheme's name is written: in backticks, or bare. */
type Name = (scheme: string) => string

interface Sentence {
  /** The question that it answers, in a few words. */
  about: string
  text: string
  /** What a run is made for: a terminal has it last, where it stays on the screen. */
  isVerdict: boolean
}

/** Two to nine sentences; each is left out where the run has no data for it. */
export function answers(summary: Summary, run: Run, name: Name = code): Sentence[] {
  const { environment, rules } = run
  const cost = armsIn(summary.arms, ROLES.cost)
  const { everyday } = summary.costCurves
  const verdicts: Said[] = [
    ['Beware', smokeSentence(summary)],
    ['Is it slower', upgradesSentence(summary.upgrades, name)],
    ['What it costs', everydaySentence(summary.costCurves, name)],
    ['How closely that is known', precisionText(summary.costCurves, name) || null],
    ['What to choose', choiceSentence(summary, run, name)],
  ]
  const others: Said[] = [
    [
      everyday ? 'What it costs at saturation' : 'What it costs',
      costSentence(summary, cost, environment, name),
    ],
    ['What is left', throughputSentence(cost, name)],
    ['At what load it matters', rules && capacitySentence(summary, rules.slo, name)],
    ['How fast it answers', rules && latencySentence(summary, name)],
    ['What a user takes', memorySentence(summary, name)],
    ['How sure that is', errorSentence(summary, name)],
  ]
  const told = (said: readonly Said[], isVerdict: boolean) =>
    said.flatMap(([about, text]) => (text === null ? [] : [{ about, text, isVerdict }]))
  return [...told(verdicts, true), ...told(others, false)]
}

type Said = [about: string, text: string | null]

/** The same as one paragraph. */
export function answer(...of: Parameters<typeof answers>): string {
  return paragraph(answers(...of))
}

/** The same as paragraphs, with the verdict in the last. */
export function answerWithVerdictLast(...of: Parameters<typeof answers>): string[] {
  const all = answers(...of)
  const parts = [false, true].map((isVerdict) => paragraph(all.filter((one) => one.isVerdict === isVerdict)))
  return parts.filter((part) => part !== '')
}

const paragraph = (sentences: readonly Sentence[]) => sentences.map(({ text }) => text).join(' ')

/** By the CPU of a service of the usual size; null for a run without cost over load. */
export function choiceSentence({ costCurves, trade }: Summary, run: Run, name: Name): string | null {
  const basis = basisOfRun(run, costCurves)
  return basis && choiceText(basis, { trade, name })
}

function smokeSentence({ profile }: Summary): string | null {
  if (profile !== 'smoke') return null
  return 'This is a smoke run: it shows that everything works, and is never a published figure.'
}

function costSentence(
  { aa, costCurves }: Summary,
  arms: readonly SummaryArm[],
  environment: Environment,
  name: Name,
): string | null {
  const compared = arms.flatMap(({ arm, authTaxUs }) =>
    authTaxUs ? [{ scheme: arm.scheme, ...authTaxUs }] : [],
  )
  if (compared.length === 0) return null
  const seen = compared.filter(({ detected }) => detected)
  const unseen = compared.filter(({ detected }) => !detected).map(({ scheme }) => name(scheme))
  const ends = leastAndMost(seen, ({ estimate }) => estimate.value)
  // Beside an answer at everyday load it would read as if nothing had been found there either.
  if (!ends) return costCurves.everyday ? null : `${nothingDetected(aa)}: ${machine(environment)}.`
  const range = between(ends, ({ scheme, estimate }) => `${withInterval(estimate)} µs with ${name(scheme)}`)
  const control = arms.find(({ arm }) => isControl(arm))?.metrics['cpuUsPerRequest.total']
  const base = control
    ? `, on top of the ${figure(control.value)} µs that the same request costs without auth`
    : ''
  const rest = unseen.length > 0 ? `; for ${list(unseen)} no difference was detected` : ''
  return `On this machine (${machine(environment)}), knowing who is logged in cost ${range} of CPU a request${base}${rest}.`
}

function throughputSentence(arms: readonly SummaryArm[], name: Name): string | null {
  const measured = arms.flatMap(({ arm, metrics: { throughputPerSec: x } }) =>
    x && !isControl(arm) && !instrumentLimit(x.warnings) ? [{ scheme: arm.scheme, x }] : [],
  )
  const [most, least] = leastAndMost(measured, ({ x }) => -x.value) ?? []
  if (!most || !least || most === least) return null
  const throughput = ({ scheme, x }: typeof most) => `${figure(x.value)} (${name(scheme)})`
  const one = `One replica served from ${throughput(least)} to ${throughput(most)} requests/s`
  const control = arms.find(({ arm }) => isControl(arm))?.metrics.throughputPerSec
  if (!control || instrumentLimit(control.warnings)) return `${one}.`
  return `${one}; without auth it served ${figure(control.value)}.`
}

/** Capacity under the SLO, or why there is none. */
function capacitySentence({ latency }: Summary, slo: Slo, name: Name): string | null {
  if (latency.length === 0) return null
  const schemes = latency.filter(({ scheme }) => scheme !== CONTROL)
  const known = schemes.flatMap((entry) =>
    entry.capacityPerSec ? [{ entry, perSec: entry.capacityPerSec.value }] : [],
  )
  const without = (note: (typeof latency)[number]['capacityNote']) =>
    list(schemes.filter(({ capacityNote }) => capacityNote === note).map(({ scheme }) => name(scheme)))
  const [never, single, unmeasured] = [without('slo-never-met'), without('one-rung'), without('not-measured')]
  const rest = [
    never ? `with ${never} no arrival rate kept it` : null,
    single ? `with ${single} a single rate was measured, which tells no capacity` : null,
    unmeasured ? `with ${unmeasured} nothing valid was measured` : null,
  ].filter((part) => part !== null)
  const ends = leastAndMost(known, ({ perSec }) => perSec)
  const bound = `The SLO is ${sloText(slo)}`
  if (!ends) return rest.length > 0 ? `${bound}; ${rest.join('; ')}.` : null
  const range = between(ends, ({ entry, perSec }) => {
    const atLeast = isLowerBound(entry) ? 'at least ' : ''
    return `${atLeast}${figure(perSec)}/s (${name(entry.scheme)})`
  })
  return `${[`${bound}: the arrival rate up to which one replica kept it was ${range}`, ...rest].join('; ')}.`
}

/** The fastest and the slowest p99 at the highest rate that all took, with how busy the replica was. */
function latencySentence(summary: Summary, name: Name): string | null {
  const rate = commonRates(summary).at(-1)
  if (rate === undefined) return null
  const rungs = summary.latency.flatMap((entry) => {
    const rung = rungAt(entry, rate)
    return rung && entry.scheme !== CONTROL ? [{ scheme: entry.scheme, rung }] : []
  })
  const [fast, slow] = leastAndMost(rungs, ({ rung }) => rung.p99Us.value) ?? []
  if (!fast || !slow || fast === slow) return null
  const one = ({ scheme, rung }: typeof fast) =>
    `${responseTime(rung.p99Us.value, rung.p99Us.value, 'below')} ms (${name(scheme)}, replica ${busyText(rung)} busy)`
  return `At ${figure(rate)} arrivals/s, p99 was from ${one(fast)} to ${one(slow)}.`
}

function memorySentence({ memoryPerUser }: Summary, name: Name): string | null {
  const growing = memoryPerUser.flatMap(({ scheme, replicaBytes, redisBytes }) => [
    ...(replicaBytes.detected
      ? [`${withInterval(replicaBytes.estimate, styles.whole)} bytes of replica memory with ${name(scheme)}`]
      : []),
    ...(redisBytes?.detected
      ? [`${withInterval(redisBytes.estimate, styles.whole)} bytes of Redis with ${name(scheme)}`]
      : []),
  ])
  if (!memoryPerUser.some(({ replicaBytes }) => replicaBytes.estimate.n > 1)) return null
  if (growing.length === 0) return 'No scheme’s memory was seen to grow with the number of logged-in users.'
  const flat = memoryPerUser.flatMap(({ scheme, replicaBytes, redisBytes }) =>
    scheme === CONTROL || replicaBytes.detected || redisBytes?.detected ? [] : [name(scheme)],
  )
  const rest = flat.length > 0 ? `; with ${list(flat)} no growth was seen` : ''
  return `A logged-in user takes ${list(growing)}${rest}.`
}

function errorSentence({ aa }: Summary, name: Name): string {
  if (!aa) return 'The control was not measured twice, so no difference here can be called real.'
  const { throughputRatio, cpuDifferenceUs } = aa
  const blocks = counted(throughputRatio.n, 'block')
  return (
    `Two identical controls differed by up to ${percent(ownError(throughputRatio, 1))} in throughput and ` +
    `${figure(ownError(cpuDifferenceUs, 0))} µs of CPU a request over ${blocks}: smaller differences stand ` +
    `behind ${name('~')}.`
  )
}

/** Null where there is none. */
function leastAndMost<T extends object>(
  items: readonly T[],
  key: (item: T) => number,
): [least: T, most: T] | null {
  const sorted = items.toSorted((a, b) => key(a) - key(b))
  const [least, most] = [sorted[0], sorted.at(-1)]
  return least && most ? [least, most] : null
}

function between<T>([least, most]: [least: T, most: T], say: (item: T) => string): string {
  return least === most ? say(least) : `between ${say(least)} and ${say(most)}`
}
