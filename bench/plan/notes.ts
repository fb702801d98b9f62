/** What a plan says beside its figures: what they rest on, and what they take for granted. */
import { figure, percent } from '../words/format.ts'
import { tooFewBlocks } from './capacity.ts'
import { measuredRates, rate } from './curve.ts'
import type { Evidence } from './evidence.ts'
import type { PlanRequest } from './request.ts'

/** The trials that each figure of a plan rests on. */
export function evidenceIds(
  { trials, scaling }: Evidence,
  { stateBytes, redisRttMs, loginsPerSec }: PlanRequest,
): Record<string, string[]> {
  const sized = stateBytes === null ? [] : trials.payload
  const issued = loginsPerSec > 0 ? trials.login : []
  const one = [...trials.latency, ...(stateBytes === null ? [] : [...trials.cost, ...sized])]
  const replicas = [...one, ...(scaling ? trials.replicas : []), ...issued]
  const cpu = [...trials.cost, ...trials.latency, ...sized, ...issued]
  const memory = [...trials.users, ...sized]
  // What waiting at Redis and proxy adds follows from their CPU a request.
  const far = redisRttMs > 0 ? trials.distance : []
  const responses = [...new Set([...one, ...cpu, ...far])]
  return {
    replicas,
    redisPrimaries: cpu,
    redisStandbys: cpu,
    redisMemoryBytes: memory,
    replicaMemoryBytes: memory,
    container: [...trials.cost, ...memory],
    proxyCores: cpu,
    hashingCores: issued,
    egressBytesPerSec: [...trials.cost, ...sized],
    p50Ms: responses,
    p99Ms: responses,
  }
}

interface Outcome {
  /** Requests per second of one process. */
  each: number
  atLeast: boolean
  /** Where the latencies of all blocks together allow less than the capacity with its headroom does. */
  held: { perSec: number; medianPerSec: number } | null
  replicas: number
  redisPrimaries: number
  redisStandbys: number
  /** Of the p99, what waiting at Redis and proxy adds to what was measured. */
  addedShare: number
}

/** So far a line over two amounts of handler work says something. */
const MOST_TIMES_HANDLER = 2

/** Less than this nobody sees beside a p99's own interval. */
const SEEN = 0.01

/** What a reader of the plan has to know, one sentence each. */
export function warningsOf(
  evidence: Evidence,
  request: PlanRequest,
  { each, atLeast, held, replicas, redisPrimaries, redisStandbys, addedShare }: Outcome,
): string[] {
  const { scaling, userBytesOf, scheme, mostUsers } = evidence
  const { least, most } = measuredRates(evidence)
  return [
    request.p99Ms !== null && tooFewBlocks(evidence),
    atLeast &&
      'one replica kept the latency asked for at every rate measured: at most so many replicas are needed',
    held !== null &&
      `each replica gets at most ${rate(held.perSec)}: all blocks together kept ${request.p99Ms} ms up to there, ` +
        `the median block up to ${rate(held.medianPerSec)}; more blocks (--trials) would tell which of the two is ` +
        'the rule',
    replicas > 1 &&
      scaling === null &&
      'replicas are assumed to scale without loss: the run has no efficiency for them',
    scaling !== null &&
      replicas > scaling.replicas &&
      `efficiency was measured up to ${scaling.replicas} replicas, and is assumed to stay as it was there`,
    each < least &&
      request.replicaCores >= 1 &&
      evidence.ladder.rungs.length > 0 &&
      `each replica gets less than the lowest rate measured (${rate(least)}): its latencies are those of that rate`,
    request.replicaCores > 1 &&
      'a replica was measured on one core: one of several is taken for as many processes',
    request.p99Ms === null &&
      each > most &&
      `beyond ${rate(most)}, the highest rate measured, a request is taken to cost what it did there; it costs rather less`,
    request.replicaCores >= 1 &&
      evidence.ladder.rungs.length === 0 &&
      'by CPU alone: the latency of the scheme was not measured',
    request.replicaCores < 1 &&
      'by CPU alone: under a quota of a part of a core p99 was not measured. A replica that may take more when others do not ' +
        '(a request without a limit) is not held back',
    evidence.issuing.from !== undefined &&
      `what logins and refreshes take is from another run of this machine, ${evidence.issuing.from}`,
    request.loginsPerSec > 0 &&
      evidence.issuing.hashUs === null &&
      'what hashing a password takes was not measured, and is not in this plan: it is most of a login',
    request.handlerUs > 0 &&
      evidence.handler === null &&
      'what handler work adds to a replica was not measured: it is taken as it is',
    evidence.handler !== null &&
      request.handlerUs > MOST_TIMES_HANDLER * evidence.handler.us &&
      `handler work was measured up to ${figure(evidence.handler.us)} µs, and more is carried on from there`,
    request.stateBytes !== null &&
      'latencies with that state are those measured with little state, slowed down as much as the replica’s CPU ' +
        'a request grows',
    request.users > mostUsers &&
      `memory was measured up to ${figure(mostUsers)} users and grows along its line`,
    userBytesOf !== scheme &&
      `memory of a user is that of ${userBytesOf}, which keeps its state in the same place`,
    addedShare >= SEEN &&
      `${percent(addedShare)} of p99 is computed, not measured: waiting at a Redis and a proxy that are busier than when latency was measured (M/M/1)`,
    redisPrimaries > 1 && 'several Redis primaries are assumed to share the keys evenly',
    redisPrimaries > 0 &&
      redisStandbys === 0 &&
      'one Redis without a standby: while it is gone nobody is let in; --survive 1 adds one',
    replicas === 1 && 'one replica: while it is gone nobody is served; --survive 1 adds one',
  ].filter((sentence) => sentence !== false && sentence !== null)
}
