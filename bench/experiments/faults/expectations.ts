/**
 * What each fault is expected to do, by what a scheme declares: written down before it was measured, as numbers. Some of it
 * is a promise and some of it is known weakness; either way a report says whether it came so.
 */
import type { Traits } from '../../../servers/scheme.ts'
import type { FaultId, Settings } from '../../record/types.ts'
import { looksUp, sessionsInRedis } from './plan.ts'
import type { Summary } from './schema.ts'

export type Measured = Summary['faults'][number]['measured']

interface Expectation {
  words: string
  of: keyof Measured | 'loggedOutShare'
  /** Both ends count; at least one is given. */
  least?: number
  most?: number
  /** The schemes that it is expected of; default: all that the fault is tried on. */
  by?: Whom
}

type Whom = (traits: Traits, settings: Settings) => boolean

/** Those that ask Redis on each request; others may remember its answers for a while. */
const asking: Whom = ({ state, revocation }) => state === 'redis' && revocation === 'immediate'
const inProcess: Whom = ({ state }) => state === 'process'
const open: Whom = (traits, settings) => looksUp(traits) && settings.denylistDown === 'open'
const closed: Whom = (traits, settings) => looksUp(traits) && settings.denylistDown !== 'open'
/** Short tokens that are renewed in Redis, and looked up by nobody meanwhile. */
const renewed: Whom = ({ state, revocation }) => state === 'token+redis' && revocation === 'bounded'

/** Of every fault and scheme. */
export const ALWAYS: readonly Expectation[] = [
  { words: 'nobody is answered as somebody else', of: 'wrongUsers', most: 0 },
  { words: 'every request is answered, or told that it will not be, within 2 s', of: 'hangs', most: 0 },
  { words: 'no answer is 500', of: 'serverErrors', most: 0 },
]

const nobodyOut: Expectation = { words: 'nobody is logged out', of: 'loggedOut', most: 0 }
/** Who has a session in one process shares its fate. */
const nobodyElseOut: Expectation = { ...nobodyOut, by: ({ state }) => state !== 'process' }
const everybodyOut: Expectation = {
  words: 'everybody is logged out',
  of: 'loggedOutShare',
  least: 0.95,
  by: sessionsInRedis,
}
const endedStays: Expectation = { words: 'an acknowledged logout lasts', of: 'late', most: 0 }
const endedLives: Expectation = { words: 'ended tokens come back to life', of: 'late', least: 1, by: looksUp }
const nothingGoes: Expectation = {
  words: 'no answer is good meanwhile',
  of: 'duringShare',
  most: 0.1,
  by: asking,
}
const allGoes: Expectation = { words: 'everything goes on meanwhile', of: 'duringShare', least: 0.95 }
const readsGoOn: Expectation = { words: 'reads go on', of: 'duringShare', least: 0.8 }
const noneFails: Expectation = { words: 'no request fails', of: 'failed', most: 0 }
const soonBack: Expectation = { words: 'it is back within 2 s', of: 'recoveryMs', most: 2_000 }
/** Nobody can ask Redis, which has lost nothing. */
const outage: readonly Expectation[] = [
  nothingGoes,
  // Logins ask nothing of a denylist.
  { words: 'a token that cannot be looked up is not let in', of: 'duringShare', most: 0.2, by: closed },
  { words: 'tokens that cannot be looked up are let in', of: 'duringShare', least: 0.8, by: open },
  { words: 'ended tokens are let in', of: 'late', least: 1, by: open },
  { words: 'access tokens go on', of: 'duringShare', least: 0.7, by: renewed },
  nobodyOut,
  { ...endedStays, by: (traits, settings) => !open(traits, settings) },
  soonBack,
]

export const EXPECTED: Readonly<Record<FaultId, readonly Expectation[]>> = {
  'redis-killed-log': outage,
  'redis-killed-snapshots': [nothingGoes, everybodyOut, endedLives],
  'redis-stopped': outage,
  'redis-flushed': [everybodyOut, endedLives],
  'redis-full': [
    readsGoOn,
    nobodyOut,
    endedStays,
    { words: 'logouts that cannot be noted are refused', of: 'unacknowledged', least: 1, by: looksUp },
  ],
  'redis-evicting': [
    { words: 'some are logged out', of: 'loggedOut', least: 1, by: sessionsInRedis },
    { ...endedLives, words: 'ended tokens come back to life, without a word' },
  ],
  'redis-read-only': [readsGoOn, nobodyOut, endedStays],
  'redis-busy': outage,
  'redis-loading': outage.filter((one) => one !== soonBack),
  'redis-far': [allGoes, nobodyOut, endedStays],
  'redis-replies-cut': [nobodyOut, endedStays, soonBack],
  'redis-partitioned': outage,
  failover: [nobodyOut, { words: 'acknowledged logouts are lost', of: 'lateMeanwhile', least: 1 }],
  'failover-guarded': [
    { words: 'logouts are refused while nobody copies them', of: 'unacknowledged', least: 1 },
    { words: 'an acknowledged logout lasts', of: 'lateMeanwhile', most: 0 },
  ],
  'logins-expired': [everybodyOut, soonBack],
  'replica-killed': [
    { words: 'a tenth of a second of requests is lost at most', of: 'failed', most: 20 },
    nobodyElseOut,
    { words: 'its share of the users is logged out', of: 'loggedOutShare', least: 0.2, by: inProcess },
    endedStays,
  ],
  'replica-stopped': [{ words: 'the proxy takes it out', of: 'endShare', least: 0.95 }, nobodyElseOut],
  'replica-terminated': [noneFails, nobodyElseOut],
  'replica-drained': [noneFails, nobodyElseOut],
  'replica-clock-ahead': [
    { ...nobodyOut, by: ({ state }) => state === 'redis' || state === 'process' },
    {
      words: 'new tokens are refused elsewhere, as from the future',
      of: 'loggedOut',
      least: 1,
      by: ({ state }) => state.startsWith('token'),
    },
  ],
  'replica-other-keys': [
    { words: 'users who meet it are logged out', of: 'loggedOutShare', least: 0.2 },
    soonBack,
  ],
  'proxy-killed': [nobodyOut, endedStays, soonBack],
  'login-storm': [allGoes, nobodyOut],
  'hostile-requests': [allGoes, nobodyOut],
}

/** What is expected, and whether it came so. */
export function judged(fault: FaultId, traits: Traits, settings: Settings, measured: Measured) {
  const own = EXPECTED[fault].filter(({ by }) => by === undefined || by(traits, settings))
  return [...ALWAYS, ...own].map((one) => ({
    words: one.words,
    kept: isKept(one, measured),
    always: ALWAYS.includes(one),
  }))
}

function isKept({ of, least, most }: Expectation, measured: Measured): boolean {
  const { before, loggedOutBefore } = measured
  const value = of === 'loggedOutShare' ? loggedOutBefore / Math.max(1, before) : measured[of]
  // A recovery that was not seen while it was watched took longer than any bound.
  if (value === null) return most === undefined
  return (least === undefined || value >= least) && (most === undefined || value <= most)
}
