/** How a cluster is laid out on too few cores: quotas that fit, what is known before what is predicted. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PlanOptions } from '../types.ts'
import { planTrials } from './index.ts'
import { planOptions } from './options-for-tests.ts'
import { replicas } from './replicas.ts'
import { largestUnderQuotas, quotasFor } from './scale-model.ts'

const laidOut = async (over: Partial<PlanOptions>) =>
  planTrials([replicas], await planOptions({ only: ['replicas'], ...over }), 1)

test('quotas fit on the machine with what proxy and load take, and are the largest that do', () => {
  const share = (most: number, cores: number) => quotasFor(1, most, cores)?.replicaCores
  assert.deepEqual(
    [share(8, 2), share(4, 2), share(3, 2), share(8, 4), share(8, 16)],
    [0.1, 0.2, 0.25, 0.2, 0.25],
  )
  assert.equal(share(16, 2), undefined)
  assert.equal(largestUnderQuotas([1, 2, 4, 8, 16], 2), 8)
})

test('what a machine does is the same at every N: quotas of the missing replicas go to ballast', () => {
  const total = [1, 2, 4, 8].map((n) => {
    const quotas = quotasFor(n, 8, 2)
    assert.ok(quotas)
    assert.equal(quotas.redisCores, quotas.replicaCores)
    return quotas.ballastCores + 1.6 * n * quotas.replicaCores
  })
  for (const one of total) assert.ok(Math.abs(one - (total[0] ?? 0)) < 1e-9)
})

test('all that a prediction rests on is planned before the first arm that it is about', async () => {
  const { trials, notes } = await laidOut({ replicas: [1, 2, 4, 8] })
  const firstHeldOut = trials.findIndex(({ arm }) => arm.heldOut)
  const lastKnown = trials.findLastIndex(({ arm }) => ['n1', 'n2', 'unlimited'].includes(arm.variant ?? ''))
  assert.ok(lastKnown < firstHeldOut)
  assert.deepEqual(new Set(trials.flatMap(({ arm }) => (arm.heldOut ? [arm.replicas] : []))), new Set([4, 8]))
  assert.match(notes.join(), /scale model/)
  assert.equal(new Set(trials.map(({ id }) => id)).size, trials.length)
})

test('every fleet is compared with one replica of its own round, under the same quota', async () => {
  const { trials } = await laidOut({ replicas: [1, 2, 4] })
  const arms = new Map(trials.map(({ arm }) => [arm.id, arm]))
  for (const { arm } of trials) {
    if (arm.replicas === 1 || arm.settings.sticky === false) continue
    const one = arms.get(arm.comparedWith ?? '')
    assert.equal(one?.replicas, 1)
    assert.equal(one?.quotas?.replicaCores, arm.quotas?.replicaCores)
    assert.equal(one?.users, arm.users)
  }
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
