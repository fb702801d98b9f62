/** Who takes a turn after whom, and who is left out because a replica would be full. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { mean } from '../../stats/sums.ts'
import { handfulsOf, isTooBusy, type Place, passOrder, restedAlike } from './order.ts'

test('in a pass each arm has each point once, and the control stands beside every handful of them', () => {
  const counts = fc.record({
    pass: fc.nat(3),
    arms: fc.integer({ min: 1, max: 25 }),
    points: fc.integer({ min: 1, max: 12 }),
    seed: fc.nat(),
  })
  fc.assert(
    fc.property(counts, ({ pass, arms, points, seed }) => {
      const control = seed % arms
      const handfuls = passOrder(pass, arms, points, control, seed)
      const order = handfuls.flat()
      assert.equal(handfuls.length, points * handfulsOf(arms))
      for (let arm = 0; arm < arms; arm++) {
        const own = order.filter((place) => place.arm === arm).map(({ point }) => point)
        if (arm !== control) assert.equal(new Set(own).size, own.length)
        assert.equal(new Set(own).size, points)
      }
      for (const [at, { arm, point }] of order.entries()) {
        const near = order.slice(Math.max(0, at - 3), at + 4)
        assert.ok(
          near.some((other) => other.arm === control && other.point === point),
          `${arm} at ${at}`,
        )
      }
    }),
  )
})

test('arms of one point follow each other; points come by rising load first, and then in any order', () => {
  const pointsOf = (pass: number, seed: number) => {
    const points = passOrder(pass, 4, 6, 0, seed).flatMap((handful) => handful.map(({ point }) => point))
    return points.filter((point, i) => point !== points[i - 1])
  }
  assert.deepEqual(pointsOf(0, 7), [0, 1, 2, 3, 4, 5])
  assert.deepEqual([...pointsOf(1, 7)].sort(), [0, 1, 2, 3, 4, 5])
  assert.notDeepEqual(pointsOf(1, 7), pointsOf(2, 8))
  assert.deepEqual(passOrder(1, 4, 6, 0, 9), passOrder(1, 4, 6, 0, 9), 'the same seed, the same order')
})

test('the set of the control that stands beside a handful has rested as long as its arms', () => {
  assert.equal(restedAlike(10, [-1], [7, 9]), 0)
  assert.equal(restedAlike(40, [3, 8, 38], [7, 10]), 1)
  assert.equal(restedAlike(40, [3, 8, 38], [37, 39]), 2)
  // One that has rested for longer than the arms, and not the one that has just had its turn.
  assert.equal(restedAlike(100, [40, 96], [77, 77]), 0)
  assert.equal(restedAlike(0, [-1, -1], [-1, -1, -1]), 0)
})

test('with a set for each handful, control and arms have rested alike in every pass, and in what follows', () => {
  const [arms, control] = [18, 0]
  const lasts = Array.from({ length: arms }, () => -1)
  const sets = Array.from({ length: handfulsOf(arms) }, () => -1)
  const gaps: { own: number[]; beside: number[] } = { own: [], beside: [] }
  let order = 0
  const take = (handful: readonly Place[]) => {
    const others = handful.filter(({ arm }) => arm !== control)
    const set = restedAlike(
      order,
      sets,
      others.map(({ arm }) => lasts[arm] ?? -1),
    )
    for (const { arm } of handful) {
      const [from, to] = arm === control ? [sets, gaps.beside] : [lasts, gaps.own]
      const at = arm === control ? set : arm
      if ((from[at] ?? -1) >= 0) to.push(order - (from[at] ?? 0))
      from[at] = order++
    }
  }
  for (let pass = 0; pass < 3; pass++)
    for (const handful of passOrder(pass, arms, 8, control, pass)) take(handful)
  assert.ok(
    Math.abs(mean(gaps.beside) / mean(gaps.own) - 1) < 0.15,
    `${mean(gaps.beside)}, ${mean(gaps.own)}`,
  )
  // Two arms alone, again and again: their control is one that has rested as little.
  for (let i = 0; i < 3; i++)
    take([
      { arm: 3, point: 0 },
      { arm: 0, point: 0 },
      { arm: 7, point: 0 },
    ])
  gaps.own = []
  gaps.beside = []
  for (let i = 0; i < 20; i++)
    take([
      { arm: 3, point: 0 },
      { arm: 0, point: 0 },
      { arm: 7, point: 0 },
    ])
  assert.deepEqual([mean(gaps.own), mean(gaps.beside)], [3, 3])
})

test('a point is left out once a replica was too busy there, and where a lower rate says that it must be', () => {
  const at = { perSec: 1_000, handlerUs: 500 }
  const looks = (...busy: number[]) => busy.map((one) => ({ ...at, busy: one }))
  assert.ok(!isTooBusy(at, [], 0.7))
  assert.ok(isTooBusy(at, looks(0.69, 0.72), 0.7))
  assert.ok(!isTooBusy(at, looks(0.69, 0.7), 0.7))
  assert.ok(!isTooBusy(at, looks(0.75), 0.7), 'a look in a slow moment is no verdict')
  assert.ok(!isTooBusy(at, looks(0.9, 0.5, 0.5), 0.7), 'nor beside two others')
  assert.ok(isTooBusy(at, looks(0.97), 0.7), 'a full replica is one')
  // Twice the rate takes at least 5/3 of the time: 0.5 would become 0.83, which has to be seen; 0.61 more than all.
  assert.ok(!isTooBusy(at, [{ perSec: 500, handlerUs: 500, busy: 0.5 }], 0.7))
  assert.ok(isTooBusy(at, [{ perSec: 500, handlerUs: 500, busy: 0.61 }], 0.7))
  assert.ok(
    !isTooBusy(at, [{ perSec: 500, handlerUs: 0, busy: 0.9 }], 0.7),
    'other handler work says nothing',
  )
  assert.ok(!isTooBusy(at, [{ perSec: 2_000, handlerUs: 500, busy: 1.7 }], 0.7), 'nor does a higher rate')
})
