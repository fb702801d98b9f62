/** How a cluster is laid out on too few cores: quotas that fit, what is known before what is predicted. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planOptions } from '../../testing/plan-options.ts'
import type { PlanOptions } from '../experiment.ts'
import { planTrials } from '../index.ts'
import { replicas } from './plan.ts'
import { largestUnderQuotas, quotasFor } from './scale-model.ts'

const laidOut = async (over: Partial<PlanOptions>) =>
  planTrials([replicas], await planOptions({ only: ['replicas'], ...over }), 1)

test('quotas fit on the machine with what proxy and load take, and are the largest that do', () => {
  const share = (most: number, cores: number) => quotasFor(1, most, cores)?.replicaCores
  assert.deepEqual(
    [share(8, 2), share(4, 2), share(3, 2), share(8, 4), share(8, 16)],
    [0.08, 0.15, 0.2, 0.15, 0.25],
  )
  assert.equal(share(16, 2), undefined)
  assert.equal(largestUnderQuotas([1, 2, 4, 8, 16], 2), 8)
})

test('quotas of every fleet are no more than the machine has', () => {
  for (const cores of [1, 2, 3, 4, 8, 16]) {
    for (const most of [1, 2, 4, 8, 16]) {
      for (let n = 1; n <= most; n++) {
        const quotas = quotasFor(n, most, cores)
        if (!quotas) continue
        const { replicaCores, redisCores, proxyCores, ballastCores } = quotas
        const sum = n * replicaCores + redisCores + proxyCores + ballastCores
        assert.ok(sum <= cores, `${sum} of ${cores} for ${n} of ${most}`)
      }
    }
  }
})

test('quotas of every planned fleet fit on the machine together, those with a full tier included', async () => {
  for (const [cores, replicas] of [
    [2, [1, 4]],
    [2, [1, 2, 4, 8]],
    [4, [1, 8]],
    [16, [1, 8]],
  ] as const) {
    const { trials } = await laidOut({ replicas, cores })
    for (const { arm } of trials) {
      if (!arm.quotas) continue
      const { replicaCores, redisCores, proxyCores, ballastCores } = arm.quotas
      const sum = (arm.fleet ?? arm.replicas) * replicaCores + redisCores + proxyCores + ballastCores
      if (arm.fleet === undefined || arm.variant?.includes('tight'))
        assert.ok(sum <= cores + 1e-9, `${arm.id}: ${sum} of ${cores}`)
      assert.ok(ballastCores >= 0)
    }
  }
})

test('a Redis and a proxy are filled by replicas that have more than their share, a Redis only where a scheme has one', async () => {
  const { trials } = await laidOut({ replicas: [1, 2, 4, 8] })
  const filling = trials.filter(({ arm }) => arm.variant === 'full-redis').map(({ arm }) => arm)
  assert.deepEqual(
    new Set(filling.map(({ scheme }) => scheme)),
    new Set(['session-redis', 'session-redis-tuned', 'jwt-denylist']),
  )
  const one = trials.find(({ arm }) => arm.variant === 'alone')?.arm.quotas
  const largest = trials.find(({ arm }) => arm.variant === 'n8')?.arm
  for (const { quotas, load, heldOut } of filling) {
    assert.ok(quotas && one && quotas.redisCores === 0.01 && quotas.replicaCores > 4 * one.replicaCores)
    // As many requests wait for it as the largest fleet sends.
    assert.equal(load.connections, largest?.load.connections)
    assert.equal(heldOut, false)
  }
})

test('what a machine does is the same at every N: quotas of the missing replicas go to ballast', () => {
  const total = [1, 2, 4, 8].map((n) => {
    const quotas = quotasFor(n, 8, 2)
    assert.ok(quotas)
    assert.equal(quotas.redisCores, quotas.replicaCores)
    return quotas.ballastCores + 1.8 * n * quotas.replicaCores
  })
  for (const one of total) assert.ok(Math.abs(one - (total[0] ?? 0)) < 1e-9)
})

test('all that a prediction rests on is planned before the first arm that it is about', async () => {
  const { trials, notes } = await laidOut({ replicas: [1, 2, 4, 8] })
  const first = trials.findIndex(({ arm }) => arm.heldOut || arm.fleet !== undefined)
  const lastKnown = trials.findLastIndex(({ arm }) =>
    ['alone', 'unlimited', 'full-redis', 'full-proxy'].includes(arm.variant ?? ''),
  )
  assert.ok(lastKnown < first)
  assert.deepEqual(
    new Set(trials.flatMap(({ arm }) => (arm.heldOut ? [arm.replicas] : []))),
    new Set([2, 4, 8]),
  )
  assert.match(notes.join(), /scale model/)
  assert.equal(new Set(trials.map(({ id }) => id)).size, trials.length)
})

test('every fleet is compared with one replica of its own round, under the same quota', async () => {
  const { trials } = await laidOut({ replicas: [1, 2, 4] })
  const arms = new Map(trials.map(({ arm }) => [arm.id, arm]))
  for (const { arm } of trials) {
    if (arm.replicas === 1 || arm.settings.sticky === false || arm.variant?.startsWith('full')) continue
    const one = arms.get(arm.comparedWith ?? '')
    assert.equal(one?.replicas, 1)
    assert.equal(one?.quotas?.replicaCores, arm.quotas?.replicaCores)
    assert.equal(one?.users, arm.users)
  }
})

test('sizes of a fleet are measured on one, side by side in each block, whose replicas work in shifts', async () => {
  const { trials } = await laidOut({ replicas: [1, 2, 4, 8] })
  const sharing = trials.filter(({ arm }) => arm.fleet !== undefined)
  assert.deepEqual(new Set(sharing.map(({ arm }) => arm.fleet)), new Set([8]))
  assert.deepEqual(
    new Set(sharing.map(({ arm }) => arm.variant)),
    new Set(['n1', 'n2', 'n4', 'n8', 'n8-redis-tight', 'n8-proxy-tight']),
  )
  const fleets = trials.map(({ arm, block }) =>
    arm.fleet === undefined ? null : `${arm.comparedWith ?? arm.id}@${block}`,
  )
  const begun = fleets.filter((name, i) => name !== null && name !== fleets[i - 1])
  assert.equal(begun.length, new Set(begun).size, 'a fleet is started once')
})

test('users are scattered only where state makes them come back', async () => {
  const { trials } = await laidOut({ replicas: [1, 2, 8] })
  const scattered = trials.filter(({ arm }) => arm.settings.sticky === false).map(({ arm }) => arm.id)
  assert.deepEqual(
    new Set(scattered),
    new Set(['replicas/session-memory/n2-scattered', 'replicas/session-memory/n8-scattered']),
  )
  const fixed = await laidOut({ replicas: [1, 2], settable: [] })
  assert.ok(fixed.trials.every(({ arm }) => arm.settings.sticky === undefined))
})

test('cores for all need no model; without cores and quotas there is only the law, and the notes say so', async () => {
  const cores = await laidOut({ replicas: [1, 2, 4], maxExclusiveReplicas: 4, cores: 5 })
  assert.ok(cores.trials.every(({ arm }) => arm.quotas === null && !arm.heldOut))
  const none = await laidOut({ replicas: [1, 2, 4], quotaProblem: () => 'control groups are read-only' })
  assert.deepEqual(none.trials, [])
  assert.match(none.notes[0] ?? '', /N = 2, 4 left out.*control groups are read-only.*demand law/)
  const some = await laidOut({ replicas: [1, 2, 4], maxExclusiveReplicas: 2, quotaProblem: () => 'x' })
  assert.deepEqual(new Set(some.trials.map(({ arm }) => arm.replicas)), new Set([1, 2]))
  const tooMany = await laidOut({ replicas: [1, 2, 40] })
  assert.match(tooMany.notes.join(), /N = 40 left out, since so many do not fit/)
})
