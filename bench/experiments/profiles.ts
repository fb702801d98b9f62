/** How long each profile measures: one table, so that the price of a run can be read at a glance. */
import type { ProfileName, Slo } from '../record/types.ts'
import { FEW_BLOCKS } from '../stats/median-interval.ts'
import type { Phases, Profile, Turns } from './profile.ts'
import { ROLES, THE_TWO } from './roles.ts'

/** Logged-in users that the load rotates through, where the number itself is not under test. */
export const DEFAULT_USERS = 1_000

/**
 * Exponent of the Zipf law by which reads draw their users, where none is asked for. Requests of the web follow such laws:
 * six proxies had 0.64 to 0.83 (Breslau et al., "Web caching and Zipf-like distributions", INFOCOM 1999), and of 153
 * caches inside Twitter many were more skewed than had been shown before (Yang, Yue & Rashmi, "A large scale analysis of
 * hundreds of in-memory cache clusters at Twitter", OSDI 2020). 0.8 is the upper end of the proxies, and flatters no
 * cache as the exponents of Twitter would. By it the first of 1,000 users asks for 6.5 % of all requests, a tenth of
 * them for 53 %, and the lower half for 17 %.
 */
export const DEFAULT_POPULARITY = 0.8

/**
 * Closed-loop connections for each replica. Enough to keep one replica busy while the proxy and the generator
 * take their turns on a shared core; more would only lengthen the queue in front of it.
 */
export const CONNECTIONS_PER_REPLICA = 32

/**
 * Replies after which a replica's code counts as compiled. By the request and not by the second, since a scheme that
 * is half as fast takes twice as long to get there: on two cores throughput was level from about 20,000 replies on,
 * which took less than 1 s without auth and 4 s with elliptic curves.
 */
const WARM = 20_000

/** Logins that are younger than their short lifetime must suffice for the warm-up, so that it is short. */
const REVOKED = {
  warmupSec: 0.4,
  warmupRequests: 0,
  users: 300,
  // What goes on while others are revoked; a quarter of what three replicas on one core can do.
  load: { journeysPerSec: 60, reads: 6, thinkMs: 20 },
}

/**
 * Few requests a second, so that what is seen is the fault and not a full machine; enough that ten logouts fall into
 * each second of it.
 */
const BROKEN = {
  blocks: 1,
  warmupSec: 0.5,
  warmupRequests: 0,
  measureSec: 0.4,
  crowd: { users: 300, perSec: 200, beforeSec: 0.8, faultSec: 1.5, afterSec: 2.5 },
}

const WINDOWS: Phases = { blocks: 3, warmupSec: 1, warmupRequests: WARM, measureSec: 1.2 }
const HALF_WARM: Phases = { ...WINDOWS, warmupSec: 0.5, warmupRequests: WARM / 2 }
/** It only shows that everything works. */
const GLIMPSE: Phases = { blocks: 1, warmupSec: 0.1, warmupRequests: 0, measureSec: 0.3 }

/**
 * The grid of arrival rates for each replica, from which all profiles take theirs, so that runs have points in common: what
 * a small service has on a quiet evening, to where a replica that authenticates nobody is half busy.
 */
const GRID = [50, 100, 200, 500, 1_000, 2_000, 5_000]
/** Four of them, from a twentieth to where the dearest schemes are near the limit. */
const FEW_RATES = [100, 500, 1_000, 2_000]

/**
 * With 300 µs of handler work a replica is half busy at 500/s, as in a service that does something: some 40 % with a token
 * and 60 % with a session. Without, it sleeps between requests, and each of them pays for waking it. With 500 µs a session
 * made it 72 % busy, so that the rate was left out in one run and not in the next.
 */
const HANDLER_US = [0, 300]

const TURNS: Turns = {
  blocks: 3,
  warmupSec: 1,
  warmupRequests: WARM / 2,
  passes: 2,
  ratesPerSec: FEW_RATES,
  handlerUs: HANDLER_US,
  settleSec: 0.05,
  measureSec: 0.3,
  closed: true,
  idleSec: 0.3,
}

/**
 * What fits into 90 seconds: three rates, at the last of which a replica is half busy, and the rest of the time at that one.
 * Two passes and a rest make its intervals a quarter narrower than four passes that take as long. Of two generations nobody can
 * tell what processes differ by: in two runs of four their intervals were six times as wide as in the others.
 */
const FIRST_TURNS: Turns = {
  ...TURNS,
  blocks: 3,
  warmupSec: 0.5,
  passes: 2,
  secPerArm: 6.6,
  ratesPerSec: [100, 200, 500],
  handlerUs: HANDLER_US.slice(-1),
  measureSec: 0.4,
  closed: false,
  idleSec: 0,
}

const LADDERS = { ...WINDOWS, settleSec: 0.1, firstPerSec: 2_000, searchRungs: 3 }

/**
 * A quarter of an hour on two cores: three minutes for the answer, which stands after half of them, nine for two generations
 * of all schemes, and what is left for capacity and memory.
 */
const standard: Profile = {
  summary: 'the default: an answer in 90 seconds, then every scheme, 15 minutes on 2 cores',
  answersFirst: { ...FIRST_TURNS, blocks: 6 },
  cost: { ...TURNS, blocks: 2, secPerArm: 15 },
  latency: { ...LADDERS, blocks: 2, measureSec: 1, schemes: THE_TWO },
  replicas: { ...WINDOWS, warmupSec: 1.5, measureSec: 3, counts: [1, 2, 4, 8], always: false },
  // Two tell a slope, and that it is one is asked of three in a full run.
  users: { blocks: 2, warmupSec: 0.2, warmupRequests: 0, measureSec: 0.3, levels: [1_000, 10_000] },
  login: { ...HALF_WARM, hashedSec: 8 },
  journey: {
    ...WINDOWS,
    warmupSec: 0.5,
    measureSec: 2,
    // About half of what one replica can take under the dearest of the schemes.
    journeysPerSec: 250,
    reads: 8,
    thinkMs: 100,
    users: 2_000,
  },
  tls: WINDOWS,
  payload: { ...HALF_WARM, sizesBytes: [100, 1_000, 4_000, 16_000], withinBytes: 16, users: 200 },
  rtt: { ...HALF_WARM, settleSec: 0.1, roundTripsMs: [0, 1, 5, 50], ratesPerSec: [500] },
  // A near cache holds 50,000 entries, two for each user, for 5 s each: after that as many leave as come.
  knobs: { ...WINDOWS, crowd: { users: 60_000, warmupSec: 6 } },
  counterfeits: { tries: 3_500 },
  revocation: {
    blocks: 2,
    ...REVOKED,
    measureSec: 5,
    repeats: 25,
    expiry: { ttlSec: 3, repeats: 8, measureSec: 6 },
  },
  anomalies: { blocks: 1, ...REVOKED, measureSec: 5, groups: 50, heldWrites: 50, races: 50, strays: 300 },
  faults: BROKEN,
}

export const profiles: Record<ProfileName, Profile> = {
  quick: {
    ...standard,
    summary: 'a session against a token at three loads, in 90 seconds',
    brief: { experiments: [ROLES.cost], schemes: THE_TWO },
    cost: FIRST_TURNS,
  },
  smoke: {
    summary: 'every scheme once, in under two minutes; shows that everything works, never a published figure',
    cost: {
      ...{ ...TURNS, ...GLIMPSE, passes: 1, ratesPerSec: [500] },
      ...{ measureSec: 0.2, closed: false, idleSec: 0 },
    },
    latency: { ...GLIMPSE, settleSec: 0.05, firstPerSec: 1_000, searchRungs: 0, brief: [1_000, 4_000] },
    replicas: { ...GLIMPSE, counts: [2], always: true },
    users: { ...GLIMPSE, warmupSec: 0.1, measureSec: 0.2, levels: [500, 2_000] },
    login: { ...GLIMPSE, warmupSec: 0.2, hashedSec: 2 },
    journey: {
      ...GLIMPSE,
      warmupSec: 0.2,
      measureSec: 1,
      journeysPerSec: 50,
      reads: 4,
      thinkMs: 20,
      users: 200,
    },
    tls: GLIMPSE,
    payload: { ...GLIMPSE, warmupSec: 0.2, sizesBytes: [100, 2_000, 16_000], withinBytes: 512, users: 100 },
    rtt: { ...GLIMPSE, warmupSec: 0.2, settleSec: 0.05, roundTripsMs: [0, 5, 50], ratesPerSec: [1_200] },
    knobs: { ...GLIMPSE, crowd: { users: 5_000, warmupSec: 0.5 } },
    counterfeits: { tries: 210 },
    revocation: {
      blocks: 1,
      ...REVOKED,
      measureSec: 1.5,
      repeats: 5,
      expiry: { ttlSec: 1, repeats: 3, measureSec: 3.5 },
    },
    anomalies: { blocks: 1, ...REVOKED, measureSec: 2, groups: 5, heldWrites: 8, races: 5, strays: 30 },
    faults: { ...BROKEN, brief: ['redis-killed-log', 'redis-flushed', 'replica-killed'] },
  },
  standard,
  full: {
    ...standard,
    summary:
      'every experiment, eight generations of the cost, five blocks of capacity; three to four hours on 2 cores',
    cost: { ...TURNS, blocks: 8, ratesPerSec: GRID },
    latency: {
      ...LADDERS,
      blocks: 5,
      measureSec: 1.5,
      settleSec: 0.2,
      firstPerSec: 1_000,
      searchRungs: 4,
    },
    // In the scale model each of eight replicas has windows of this length, at each size of the fleet.
    replicas: { ...standard.replicas, warmupSec: 1, measureSec: 1.6, always: true },
    users: { ...standard.users, measureSec: 0.5, levels: [1_000, 10_000, 100_000], everyScheme: true },
    login: { ...standard.login, measureSec: 1.5 },
    journey: { ...standard.journey, measureSec: 4 },
    tls: { ...standard.tls, measureSec: 2 },
    payload: { ...standard.payload, measureSec: 1.5, withinBytes: 1 },
    rtt: { ...standard.rtt, measureSec: 1.5, settleSec: 0.2, roundTripsMs: [0, 0.5, 1, 5, 50] },
  },
  calibration: {
    ...standard,
    summary: 'what npm run plan -- --calibrate measures: two minutes for each scheme, without the control',
    withoutControl: true,
    cost: { ...TURNS, blocks: 3 },
    latency: { ...LADDERS, blocks: FEW_BLOCKS, measureSec: 1, firstPerSec: 1_000, searchRungs: 2 },
    replicas: { ...standard.replicas, blocks: 2, measureSec: 2, counts: [1, 2] },
    users: { ...standard.users, levels: [5_000, 25_000] },
    payload: { ...standard.payload, sizesBytes: [100, 1_000, 16_000] },
    rtt: { ...standard.rtt, roundTripsMs: [0, 5, 50] },
  },
}

/**
 * Connections of open-loop load for each replica: far more than are busy below saturation, so that arrivals wait in
 * the server's queue, where latency is made, and not for a connection.
 */
export const OPEN_CONNECTIONS_PER_REPLICA = 128

/** A replica that is busier than this is on its way to saturation, where a request costs something else. */
export const MOST_BUSY = 0.7

/** What latency is asked for when the user names nothing else. */
export const DEFAULT_SLO: Slo = { quantile: 'p99', limitMs: 50, maxErrorShare: 0.001 }

export const profileNames = Object.keys(profiles) as ProfileName[]
