/** What the proofs conclude from what was measured, without a clock. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Generator, LoadJob, LoadReport } from '../load/job.ts'
import { parseOwnUs } from './disturbance.ts'
import type { Verdict } from './proof.ts'
import * as bunching from './proofs/bunching.ts'
import * as busyWork from './proofs/busy-work.ts'
import { type FaultRun, faultOf } from './proofs/faults.ts'
import { proofs } from './proofs/index.ts'
import * as senderCost from './proofs/sender-cost.ts'
import * as sleeping from './proofs/sleeping-neighbour.ts'
import * as spinner from './proofs/spinner.ts'
import * as throughput from './proofs/throughput.ts'
import { planting } from './proofs/turns.ts'
import { conclusion, verdictTable } from './table.ts'

const right: FaultRun = {
  kind: 'fin',
  asked: 2_000,
  account: { scheduled: 2_000, ok: 1_980, error: 0, timeout: 0, lost: 20, inFlight: 0 },
  served: { marked: 200, faults: 20, replies: 1_980 },
  recovered: 198,
}
const withAccount = (account: Partial<FaultRun['account']>): FaultRun => ({
  ...right,
  account: { ...right.account, ...account },
})

test('faults: an account that closes and a last tenth at the baseline are right', () => {
  assert.equal(faultOf(right), null)
  assert.equal(faultOf({ ...withAccount({ lost: 0, inFlight: 20 }), kind: 'hang' }), null)
  assert.equal(faultOf({ ...withAccount({ ok: 1_700, lost: 300 }), kind: 'restart' }), null)
})

test('faults: each way in which the account can be wrong is named', () => {
  assert.match(faultOf(withAccount({ scheduled: 1_999, ok: 1_979 })) ?? '', /1999 scheduled of 2000/)
  assert.match(faultOf(withAccount({ lost: 19 })) ?? '', /1999 accounted for/)
  assert.match(faultOf(withAccount({ ok: 1_981, lost: 19 })) ?? '', /the server sent 1980/)
  assert.match(faultOf(withAccount({ lost: 0, error: 20 })) ?? '', /the server caused 20/)
  assert.match(faultOf({ ...right, recovered: 20 }) ?? '', /20 of the last 200/)
  assert.match(faultOf({ ...right, served: { ...right.served, marked: 0 } }) ?? '', /last tenth/)
})

/** Blocks with a noise of some per cent, always the same. */
const blocks = (burn: number, twin = 1) =>
  [0.97, 1.02, 1, 1.03, 0.98, 1.01, 0.99, 1.02].map((noise, i) => ({
    plain: 60,
    twin: 60 * twin * (i % 2 === 0 ? 1.01 : 0.99),
    burning: 60 * burn * noise,
  }))

test('busy work: a tenth more is found, and only as more', () => {
  assert.equal(busyWork.findingOf(blocks(1.1)).passed, true)
  assert.equal(busyWork.findingOf(blocks(1)).passed, false, 'nothing to find')
  assert.equal(busyWork.findingOf(blocks(0.9)).passed, false, 'the wrong side')
  assert.equal(busyWork.findingOf(blocks(1.1, 1.05)).passed, false, 'found between equals')
  assert.equal(busyWork.findingOf(blocks(1.1).map((block) => ({ ...block, plain: 0 }))).passed, false)
})

test('throughput: a median in the bounds passes, noise decides nothing, a slow generator fails', () => {
  const ratios = (middle: number, spread: number) => [-3, -2, -1, 0, 1, 2, 3].map((i) => middle + i * spread)
  assert.equal(throughput.findingOf(ratios(0.98, 0.01)).passed, true)
  assert.equal(throughput.findingOf(ratios(0.9, 0.05)).passed, null)
  assert.equal(throughput.findingOf(ratios(0.8, 0.01)).passed, false)
  assert.equal(throughput.findingOf(ratios(1.2, 0.01)).passed, false)
})

test('spinner: flagged with it and not without it; a busy machine decides nothing', () => {
  const quiet = { rejected: false, foreignCores: 0.01 }
  const spun = { rejected: true, foreignCores: 0.98 }
  assert.equal(spinner.findingOf(quiet, spun).passed, true)
  assert.equal(spinner.findingOf(quiet, { ...spun, rejected: false }).passed, false)
  assert.equal(spinner.findingOf({ ...quiet, rejected: true }, spun).passed, false, 'it rejects everything')
  assert.equal(spinner.findingOf({ rejected: true, foreignCores: 0.6 }, spun).passed, null)
  assert.equal(spinner.findingOf(quiet, { rejected: false, foreignCores: null }).passed, null)
})

/** A second of arrivals in bins of a millisecond, by how many there are in each. */
const arrivedIn = (counts: readonly number[]) =>
  Array.from({ length: 1_000 }, (_, bin) => bin).flatMap((bin) =>
    Array.from({ length: counts[bin % counts.length] ?? 0 }, (_, at) => bin * 1_000 + at),
  )

test('bunching: what gathers in every other millisecond is seen, and one stall among many windows is not', () => {
  const steady = arrivedIn([3, 5, 4, 6, 2, 4])
  const gathered = arrivedIn([8, 0])
  assert.equal(bunching.findingOf([steady, gathered, steady]).passed, true)
  assert.equal(bunching.findingOf([gathered, steady, gathered]).passed, false)
})

const costs = (ratio: number, spread: number, bunched: Partial<Record<'sender' | 'bare', number>> = {}) =>
  [-3, -2, -1, 0, 1, 2, 3].map((i) => ({
    sender: { cpuUs: 80 * (ratio + i * spread), bunching: bunched.sender ?? 1.3 },
    bare: { cpuUs: 80, bunching: bunched.bare ?? 1.3 },
  }))

test('sender cost: by the median of pairs, and only where both sent at the same instants', () => {
  assert.equal(senderCost.findingOf(costs(1.1, 0.05)).passed, true)
  assert.equal(senderCost.findingOf(costs(1.4, 0.05)).passed, false)
  assert.equal(senderCost.findingOf(costs(1.25, 0.05)).passed, null, 'noise decides nothing')
  assert.equal(senderCost.findingOf(costs(0.7, 0.05, { sender: 3 })).passed, false, 'cheap, since it is late')
  assert.equal(senderCost.findingOf(costs(1.1, 0.05, { sender: 3, bare: 3 })).passed, null, 'a busy machine')
  assert.equal(senderCost.findingOf(costs(3, 0.05, { bare: 3 })).passed, false)
  assert.equal(senderCost.findingOf(costs(Number.NaN, 0)).passed, null, 'CPU that cannot be read')
})

/** Two rounds of four quarters with two turns each; beside the neighbours a request takes `times` as much. */
const sleepers = (times: number, noise: number) =>
  [1, 1, times, times, times, times, 1, 1, 1, 1, times, times, times, times, 1, 1].map((us, order) => ({
    ...{
      generation: '0',
      round: '',
      block: 0,
      order,
      point: { perSec: 500, handlerUs: 0 },
      tiers: { replicas: 0, redis: 0, proxy: 0 },
    },
    totalUs: 200 * us * (1 + noise * (((order * 3) % 8) / 4 - 1)),
    ...{ generatorUs: null, busy: 0.1, meanInFlight: 1 },
  }))

test('sleeping neighbour: fails where it took CPU or made requests dearer, and is unclear amid noise', () => {
  const asleep = [{ cpuUs: 0, seconds: 5 }]
  assert.equal(sleeping.findingOf(sleepers(1, 0.03), 2, asleep).passed, true)
  assert.equal(sleeping.findingOf(sleepers(1.05, 0.03), 2, asleep).passed, true)
  assert.equal(sleeping.findingOf(sleepers(1.3, 0.03), 2, asleep).passed, false, 'dearer')
  const awake = [...asleep, { cpuUs: 150_000, seconds: 5 }]
  const woken = sleeping.findingOf(sleepers(1, 0.03), 2, awake)
  assert.deepEqual([woken.passed, woken.figures.neighbourCores], [false, 0.015])
  assert.equal(sleeping.findingOf(sleepers(1, 0.4), 2, awake).passed, false, 'whatever the noise')
  const noisy = sleeping.findingOf(sleepers(1, 0.4), 2, asleep)
  assert.equal(noisy.passed, null)
  assert.match(noisy.measured, /too noisy here/)
  assert.equal(sleeping.findingOf(sleepers(1, 0.03), 2, null).passed, null, 'CPU that cannot be read')
  assert.equal(sleeping.findingOf([], 2, asleep).passed, null, 'no turns')
})

test('turns: a planted arm asks for more handler work in its turns, and for no more in its warm-up', async () => {
  const asked: (number | undefined)[] = []
  const load = async ({ handlerUs }: LoadJob) => {
    asked.push(handlerUs)
    return {} as LoadReport
  }
  const generator = planting({ pids: [], load } as unknown as Generator, (perSec) => perSec / 10)
  const job = { url: '', warmupSec: 0, measureSec: 1, verifyEvery: 16 }
  const open = { loop: 'open', spacing: 'poisson', connections: 1, seed: 1 } as const
  for (const arrivalsPerSec of [200, 500])
    await generator.load({ ...job, handlerUs: 200, load: { ...open, arrivalsPerSec } }, () => {})
  await generator.load({ ...job, load: { loop: 'closed', connections: 1 } }, () => {})
  assert.deepEqual(asked, [220, 250, undefined])
})

test('own CPU is this process and its ended children, whatever the name holds', () => {
  assert.equal(parseOwnUs('7 (a) b) (c) S 1 7 7 0 -1 0 0 0 0 0 100 20 3 4 20 0 1'), 1_270_000)
})

const verdict = (passed: Verdict['passed']): Verdict => ({
  proof: 'stopped-server',
  shows: '',
  expected: 'mean 52.6, p95 525, p99 905 ms ± 5 %',
  measured: 'rejected by something with a-long-word-that-cannot-be-broken-anywhere',
  passed,
  figures: {},
  seconds: 3,
})

test('the table has 80 columns and says the verdict in words', () => {
  const text = verdictTable([verdict(true), verdict(false), verdict(null)])
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line)
  for (const word of ['passed', 'FAILED', 'unclear']) assert.ok(text.includes(word), word)
  assert.equal(
    conclusion([verdict(true), verdict(false), verdict(null)], 12.3),
    '3 proofs in 12 s: 1 passed, 1 failed, 1 could not be decided here',
  )
})

test('each proof has a name of its own', () => {
  assert.equal(new Set(proofs.map(({ id }) => id)).size, 14)
})
