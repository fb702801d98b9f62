/** The plain-language answer that opens a report: sentences made from a summary, none that it does not carry. */
import { CONTROL } from '../experiments/arms.ts'
import { ownError } from '../stats/compare.ts'
import type { Environment, Summary } from '../types.ts'
import { instrumentLimit, nothingDetected } from './comparisons.ts'
import { counted, figure, list, machine, percent, styles, withInterval } from './format.ts'
import { isControl } from './records.ts'

type SummaryArm = Summary['arms'][number]
/** How a scheme's name is written: in backticks, or bare. */
type Name = (scheme: string) => string

/** Two to five sentences; each is left out where the run has no data for it. */
export function answer(
  summary: Summary,
  environment: Environment,
  name: Name = (scheme) => `\`${scheme}\``,
): string[] {
  const cost = summary.arms.filter(({ arm }) => arm.experiment === 'cost')
  return [
    smokeSentence(summary),
    costSentence(summary, cost, environment, name),
    throughputSentence(cost, name),
    memorySentence(summary, name),
    errorSentence(summary, name),
  ].filter((sentence) => sentence !== null)
}

function smokeSentence({ profile }: Summary): string | null {
  if (profile !== 'smoke') return null
  return 'This is a smoke run: it shows that everything works, and is never a published figure.'
}

function costSentence(
  { aa }: Summary,
  arms: readonly SummaryArm[],
  environment: Environment,
  name: Name,
): string | null {
  const compared = arms.flatMap(({ arm, authTaxUs }) =>
    authTaxUs ? [{ scheme: arm.scheme, ...authTaxUs }] : [],
  )
  if (compared.length === 0) return null
  const place = `On this machine (${machine(environment)})`
  const seen = sortedBy(
    compared.filter(({ detected }) => detected),
    ({ estimate }) => estimate.value,
  )
  const unseen = compared.filter(({ detected }) => !detected).map(({ scheme }) => name(scheme))
  const [least, most] = [seen[0], seen.at(-1)]
  if (!least || !most) return `${nothingDetected(aa)}: ${machine(environment)}.`
  const tax = ({ scheme, estimate }: typeof least) => `${withInterval(estimate)} µs with ${name(scheme)}`
  const range = least === most ? tax(least) : `between ${tax(least)} and ${tax(most)}`
  const control = arms.find(({ arm }) => isControl(arm))?.metrics['cpuUsPerRequest.total']
  const base = control
    ? `, on top of the ${figure(control.value)} µs that the same request costs without auth`
    : ''
  const rest = unseen.length > 0 ? `; for ${list(unseen)} no difference was detected` : ''
  return `${place}, knowing who is logged in cost ${range} of CPU a request${base}${rest}.`
}

function throughputSentence(arms: readonly SummaryArm[], name: Name): string | null {
  const measured = sortedBy(
    arms.flatMap(({ arm, metrics: { throughputPerSec: x } }) =>
      x && !isControl(arm) && !instrumentLimit(x.warnings) ? [{ scheme: arm.scheme, x }] : [],
    ),
    ({ x }) => -x.value,
  )
  const [most, least] = [measured[0], measured.at(-1)]
  if (!most || !least || most === least) return null
  const throughput = ({ scheme, x }: typeof most) => `${figure(x.value)} (${name(scheme)})`
  const one = `One replica served from ${throughput(least)} to ${throughput(most)} requests/s`
  const control = arms.find(({ arm }) => isControl(arm))?.metrics.throughputPerSec
  if (!control || instrumentLimit(control.warnings)) return `${one}.`
  return `${one}; without auth it served ${figure(control.value)}.`
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
  const flat = memoryPerUser
    .filter(
      ({ scheme, replicaBytes, redisBytes }) =>
        !replicaBytes.detected && !redisBytes?.detected && scheme !== CONTROL,
    )
    .map(({ scheme }) => name(scheme))
  const rest = flat.length > 0 ? `; with ${list(flat)} no growth was seen` : ''
  return `A logged-in user takes ${list(growing)}${rest}.`
}

function errorSentence({ aa }: Summary, name: Name): string {
  if (!aa) return 'The control was not measured twice, so no difference here can be called real.'
  const { throughputRatio, cpuDifferenceUs } = aa
  const blocks = counted(throughputRatio.n, 'block')
  return (
    `Two identical controls differed by up to ${percent(ownError(throughputRatio, 1))} in throughput and ` +
    `${figure(ownError(cpuDifferenceUs, 0))} µs of CPU a request over ${blocks}: what is smaller is printed as ${name('~')}.`
  )
}

function sortedBy<T>(items: readonly T[], key: (item: T) => number): T[] {
  return items.toSorted((a, b) => key(a) - key(b))
}
