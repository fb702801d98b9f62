/** Turns what the user typed into what the planner takes, or into an error that says what to type instead. */
import { InvalidArgumentError } from 'commander'
import { schemeNames } from '../../servers/scheme.ts'
import { type Condition, conditionOf } from '../compare/conditions.ts'
import { metrics } from '../compare/samples.ts'
import { experiments } from '../experiments/index.ts'
import { DEFAULT_SLO, profileNames } from '../experiments/profiles.ts'
import { NODE_VERSIONS, SERVER_PACKAGES } from '../fleet/tools/versions.ts'
import { FORMATS } from '../plan/manifests.ts'
import { DEPLOYS, type Prices } from '../plan/request.ts'
import type { Slo } from '../record/types.ts'
import type { AskedArm } from '../run/asked-arms.ts'

/** A number from `min` to `max`, as `read` finds it in what was typed; NaN where it is none. */
function numberFrom(min: number, max: number, what: string, read: (text: string) => number = Number) {
  return (text: string): number => {
    const value = read(text.trim())
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`It takes ${what}.`)
  }
}

export const wholeNumber = (min: number, max: number) =>
  numberFrom(min, max, `a whole number from ${min} to ${max}`, (text) => Number(/^\d+$/.exec(text)?.[0]))

export const users = wholeNumber(1, 1_000_000)

export const seconds = numberFrom(0.2, 3_600, 'seconds, from 0.2 to 3600')

/** A number above 0 and at most `max`. */
export const amount = (max: number) => numberFrom(Number.MIN_VALUE, max, `a number above 0, up to ${max}`)

/** The same, or `none` for no bound at all: infinite, since the parser takes null for nothing said. */
export function bound(max: number) {
  const read = numberFrom(Number.MIN_VALUE, max, `a number above 0, up to ${max}, or none`)
  return (text: string): number => (text.trim() === 'none' ? Number.POSITIVE_INFINITY : read(text))
}

export const handlerTime = numberFrom(0, 1_000_000, 'microseconds, from 0 to 1000000')
export const loginRate = numberFrom(0, 1e6, 'logins, from 0 to 1000000')
export const peak = numberFrom(1, 100, 'a factor from 1 to 100')
export const lifetime = numberFrom(1, 1e9, 'seconds, from 1')
export const roundTrip = numberFrom(0, 1_000, 'milliseconds, from 0 to 1000')

const hundredths = (text: string) => Number(/^([\d.]+)\s*%$/.exec(text)?.[1]) / 100
/** `5%` as 0.05. */
export const share = numberFrom(0.001, 0.5, 'a share, from 0.1% to 50%', hundredths)

/** `0.3` or `30%` as 0.3: what is to stay free, which cannot be all of it. */
export const headroom = numberFrom(0, 0.9, 'a share from 0 to 0.9, or 0% to 90%', (text) => {
  const [, digits, percent] = /^([\d.]+)\s*(%?)$/.exec(text) ?? []
  return Number(digits) / (percent ? 100 : 1)
})

/** `authTax>10%,throughput<-5%` */
export function conditions(text: string): Condition[] {
  return text.split(',').map((part) => {
    const condition = conditionOf(part)
    if (condition) return condition
    const names = metrics.map(({ name }) => name).join(', ')
    const takes = 'It takes a metric, > or <, and a change, e.g. authTax>10%'
    throw new InvalidArgumentError(`${takes}. There are: ${names}.`)
  })
}

const PRICED = {
  replica: 'replica',
  redis: 'redis',
  'proxy-core': 'proxyCore',
  'egress-gb': 'egressGb',
} as const

/** `replica=30,redis=60`; what is not named costs nothing. */
export function prices(text: string): Prices {
  const read: Prices = { replica: 0, redis: 0, proxyCore: 0, egressGb: 0 }
  for (const part of text.split(',')) {
    const [name = '', value = '', ...more] = part.split('=').map((side) => side.trim())
    const price = Number(value)
    if (!Object.hasOwn(PRICED, name) || more.length > 0 || value === '' || !(price >= 0 && price < 1e9))
      throw new InvalidArgumentError(
        `It takes prices by the month such as replica=30,redis=60; there are: ${Object.keys(PRICED).join(', ')}.`,
      )
    read[PRICED[name as keyof typeof PRICED]] = price
  }
  return read
}

/** One or both of a quantile's bound and a share of errors, e.g. `p99<=50ms,errors<=0.1%`. */
export function slo(text: string): Slo {
  const parts = text.split(',').map((part) => part.trim())
  const bounds = parts.map((part) => quantileBound(part) ?? errorBound(part))
  const kinds = bounds.map((bound) => bound && Object.keys(bound)[0])
  if (kinds.includes(null) || new Set(kinds).size < kinds.length)
    throw new InvalidArgumentError(
      'It takes a bound such as p99<=50ms, or p99<=50ms,errors<=0.1%; quantiles are p50, p90, p99 and p99.9.',
    )
  return Object.assign({}, DEFAULT_SLO, ...bounds)
}

function quantileBound(text: string): Partial<Slo> | null {
  const [, name = '', value, unit] = /^(p50|p90|p99|p99\.9)\s*<=?\s*([\d.]+)\s*(ms|s)$/.exec(text) ?? []
  const limitMs = Number(value) * (unit === 's' ? 1_000 : 1)
  return limitMs > 0 ? { quantile: name.replace('.', '') as Slo['quantile'], limitMs } : null
}

function errorBound(text: string): Partial<Slo> | null {
  const value = Number(/^errors\s*<=?\s*([\d.]+)\s*%$/.exec(text)?.[1])
  return value >= 0 && value <= 100 ? { maxErrorShare: value / 100 } : null
}

/** `uniform`, or `zipf:0.8`: the exponent of a law in which all are alike with 0. */
export function popularity(text: string): number {
  if (text.trim() === 'uniform') return 0
  const exponent = Number(/^zipf:([\d.]+)$/.exec(text.trim())?.[1])
  if (exponent >= 0 && exponent <= 3) return exponent
  throw new InvalidArgumentError('It takes uniform, or zipf: and an exponent from 0 to 3, e.g. zipf:0.8.')
}

/** A comma-separated list whose every item is read by `item`. */
function list<T>(item: (text: string) => T): (text: string) => T[] {
  return (text) => [...new Set(text.split(',').map((part) => item(part.trim())))]
}

function oneOf<T extends string>(what: string, names: readonly T[]) {
  return (text: string): T => {
    const found = names.find((name) => name === text)
    if (found) return found
    throw new InvalidArgumentError(`There is no ${what} '${text}'; choose from: ${names.join(', ')}.`)
  }
}

/** An arm that a user asks for: a scheme, and what is to be another version. */
const ARM = 'a scheme and versions, e.g. session-redis@express-session=1.18 or jwt-hs256@jose=6.1.0,node=22'

/** One of them after those that were typed before: `jwt-hs256@jose=6.1.0,node=22`, or a scheme as it is. */
export function arm(text: string, before: readonly AskedArm[] = []): AskedArm[] {
  const [, name = '', changes] = /^([^@]*)(?:@(.*))?$/.exec(text.trim()) ?? []
  const scheme = schemeName(name)
  const versions = changes === undefined ? [] : changes.split(',').map(version)
  const names = versions.map(([of]) => of)
  if (new Set(names).size < names.length)
    throw new InvalidArgumentError(`It names a package twice; it takes ${ARM}.`)
  return [...before, { scheme, versions: Object.fromEntries(versions) }]
}

const VARIED = ['node', ...SERVER_PACKAGES]

function version(text: string): [name: string, version: string] {
  const [, name = '', asked = ''] = /^(.*)=(\d[^=]*)$/.exec(text.trim()) ?? []
  if (name === '') throw new InvalidArgumentError(`It takes ${ARM}.`)
  if (!VARIED.includes(name))
    throw new InvalidArgumentError(`No server loads '${name}'; choose from: ${VARIED.join(', ')}.`)
  const isVersion = /^\d+(\.\d+){0,2}(-[\w.-]+)?$/.test(asked)
  if (name !== 'node' && !isVersion)
    throw new InvalidArgumentError(`'${asked}' is no version; write 8, 8.1 or 8.1.0.`)
  if (name === 'node' && !Object.hasOwn(NODE_VERSIONS, asked)) {
    const known = Object.keys(NODE_VERSIONS).join(', ')
    throw new InvalidArgumentError(`There is no Node '${asked}' to measure; choose from: ${known}.`)
  }
  return [name, asked]
}

/** Names; the caller checks them. */
export const names = list((text) => text)

export const replicaCounts = list(wholeNumber(1, 64))
export const arrivalRates = list(wholeNumber(1, 1_000_000))
export const handlerWork = list(wholeNumber(0, 100_000))
export const schemeName = oneOf('scheme', schemeNames)
export const schemeList = list(schemeName)
const experimentName = oneOf(
  'experiment',
  experiments.map(({ name }) => name),
)
export const experimentList = list(experimentName)
export const format = oneOf('format', FORMATS)
export const deploy = oneOf('way to deploy', DEPLOYS)
export const profileName = oneOf('profile', profileNames)
