/** What a plan is asked for, all kept in the address. */
import { USUAL } from '../../decide/load.ts'
import type { PlanRequest, Prices } from '../../plan/request.ts'
import { type Choice, choose, chosen } from './address.ts'

export interface Quantity {
  choice: Choice
  /** The option of `npm run plan` that asks for the same, of which refusals and notes speak. */
  option: string
  label: string
  unit: string
  least: number
  most: number
  initial: number
  /** Each step of the slider is a factor, where the range spans decades. */
  log?: true
  step?: number
}

export const quantities: readonly Quantity[] = [
  {
    choice: 'rps',
    option: 'rps',
    label: 'Requests',
    unit: 'per second',
    least: 1,
    most: 1e7,
    initial: USUAL.perSec,
    log: true,
  },
  {
    choice: 'users',
    option: 'users',
    label: 'Users logged in',
    unit: '',
    least: 10,
    most: 1e9,
    initial: 100_000,
    log: true,
  },
  {
    choice: 'p99',
    option: 'p99',
    label: 'SLO: p99 at most',
    unit: 'ms',
    least: 1,
    most: 1_000,
    initial: 50,
    log: true,
  },
  {
    choice: 'headroom',
    option: 'headroom',
    label: 'Headroom',
    unit: '% kept free',
    least: 0,
    most: 90,
    initial: 30,
  },
  {
    choice: 'cores',
    option: 'replica-cores',
    label: 'Cores of a replica',
    unit: '',
    least: 1,
    most: 64,
    initial: 1,
  },
  {
    choice: 'payload',
    option: 'payload',
    label: 'State of a login',
    unit: 'bytes; 0: as measured',
    least: 0,
    most: 16_000,
    initial: 0,
    step: 100,
  },
  {
    choice: 'handler',
    option: 'handler-us',
    label: 'Your own code',
    unit: 'µs of CPU a request',
    least: 0,
    most: 20_000,
    initial: USUAL.handlerUs,
    step: 10,
  },
  {
    choice: 'distance',
    option: 'redis-rtt-ms',
    label: 'To Redis and back',
    unit: 'ms',
    least: 0,
    most: 50,
    initial: USUAL.redisRttMs,
    step: 0.1,
  },
  {
    choice: 'logins',
    option: 'logins-per-sec',
    label: 'Logins',
    unit: 'per second',
    least: 0,
    most: 10_000,
    initial: 0,
  },
  {
    choice: 'survive',
    option: 'survive',
    label: 'Units that may fail',
    unit: 'of each tier',
    least: 0,
    most: 5,
    initial: 1,
  },
  { choice: 'zones', option: 'zones', label: 'Zones, one may fail', unit: '', least: 1, most: 6, initial: 1 },
]

export const PRICES = [
  { key: 'replica', label: 'Price of a replica', most: 500 },
  { key: 'redis', label: 'Price of a Redis primary', most: 500 },
  { key: 'proxyCore', label: 'Price of a proxy core', most: 500 },
  { key: 'egressGb', label: 'Price of a GB to clients', most: 0.5 },
] as const satisfies readonly { key: keyof Prices; label: string; most: number }[]

export const FREE: Prices = { replica: 0, redis: 0, proxyCore: 0, egressGb: 0 }

/** The choices that a request is read from. */
export const asking: readonly Choice[] = [...quantities.map(({ choice }) => choice), 'price']

/** As near as it can be had; what it is at first is not in the address. */
export function chooseQuantity(choice: Choice, value: number): void {
  const quantity = quantities.find((one) => one.choice === choice)
  if (!quantity) return
  const { least, most, initial } = quantity
  const kept = Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : initial
  choose({ [choice]: kept === initial ? null : String(kept) })
}

/** What is out of reach, or no number, is taken out of the address: what it says is what is shown. */
export function correctAddress(): void {
  const wrong = quantities.filter((quantity) => {
    const text = chosen(quantity.choice)
    return text !== null && String(valueFor(quantity)) !== text
  })
  const right = wrong.map((quantity) => {
    const value = valueFor(quantity)
    return [quantity.choice, value === quantity.initial ? null : String(value)]
  })
  choose(Object.fromEntries(right))
}

/** As the address has it, within what can be asked for. */
export function valueFor({ choice, least, most, initial }: Quantity): number {
  const text = chosen(choice)
  const value = text === null ? initial : Number(text)
  return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : initial
}

/** What a plan says, with the controls of the page in the place of options; commands that measure keep theirs. */
export function inControls(text: string): string {
  return quantities.reduce(
    (said, { option, label }) =>
      said.replace(new RegExp(`--${option}\\b(?: (\\d[\\d.]*))?`, 'g'), (_, value?: string) =>
        value === undefined ? `“${label}”` : `“${label}” at ${value}`,
      ),
    text,
  )
}

/** As `npm run plan` takes it. */
export function requestFrom(): PlanRequest {
  const [
    rps = 0,
    users = 0,
    p99Ms = 0,
    headroom = 0,
    replicaCores = 1,
    stateBytes = 0,
    handlerUs = 0,
    redisRttMs = 0,
    loginsPerSec = 0,
    survive = 0,
    zones = 1,
  ] = quantities.map(valueFor)
  return {
    rps,
    users: Math.round(users),
    p99Ms,
    headroom: headroom / 100,
    replicaCores,
    // One is what `npm run plan` takes where nobody asked: of a single unit none can be spared.
    survive: survive === 1 ? null : Math.round(survive),
    ...{ zones: Math.round(zones), deploy: 'at-once', handlerUs, redisRttMs },
    ...{ loginsPerSec, sessionTtlSec: 3_600, tokenTtlSec: 300 },
    stateBytes: stateBytes === 0 ? null : Math.round(stateBytes),
    prices: pricesFrom(),
  }
}

/** Null without any: then cores are compared. */
export function pricesFrom(): Prices | null {
  const text = chosen('price')
  if (text === null) return null
  const given = text.split(',').map((price) => (Number.isFinite(Number(price)) ? Number(price) : 0))
  const [replica = 0, redis = 0, proxyCore = 0, egressGb = 0] = given
  return { replica, redis, proxyCore, egressGb }
}
