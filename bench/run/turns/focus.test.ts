/** Which turns come after the passes: those that make figures surer, whatever the noise happened to be. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Point, Trial } from '../../record/types.ts'
import { groupedBy } from '../../stats/groups.ts'
import { syntheticRun } from '../../testing/synthetic-run.ts'
import { type TurnsOptions, withTurns } from '../../testing/synthetic-turns.ts'
import { type Cell, cellsOf, focusedHandfuls } from './focus.ts'
import { pointsOf } from './points.ts'

const COST: Readonly<Record<string, number>> = { 'session-redis': 700, 'jwt-hs256': 520, 'jwt-es256': 620 }
const costUs = (scheme: string) => COST[scheme] ?? 450
const BUSY = 1_000

function made(options: TurnsOptions = {}, ofScheme = costUs) {
  const { run, results } = syntheticRun({
    ...{ experiments: ['cost'], blocks: 1, schemes: ['none', ...Object.keys(COST)] },
  })
  const asked = { ratesPerSec: [100, 500, BUSY], handlerUs: [0, 300], passes: 2, ...options }
  const all = withTurns(results, ofScheme, asked)
  const trials = all.map(({ trial }) => trial)
  const points = pointsIn(trials)
  const control = trials.findIndex(({ arm }) => arm.scheme === 'none' && !arm.twin)
  return { run, results: all, trials, points, control }
}

function pointsIn([trial]: readonly Trial[]): Point[] {
  const load = trial?.arm.load
  return load?.loop === 'turns' ? pointsOf(load) : assert.fail()
}

const cellsIn = ({ trials, control, points, results }: ReturnType<typeof made>) =>
  cellsOf(trials, control, points, results)

test('cells are the points of the open loop at which an arm is not too busy; the control has none', () => {
  const own = made({ hostSd: 0 })
  const cells = cellsIn(own)
  assert.ok(cells.every(({ arm, turns }) => arm !== own.control && turns === 2))
  const asked = cells.map(({ point }) => own.points[point])
  assert.ok(asked.every((point) => point?.perSec))
  const session = own.trials.findIndex(({ arm }) => arm.scheme === 'session-redis')
  const atBusy = (arm: number) =>
    cells.some(
      (cell) =>
        cell.arm === arm &&
        own.points[cell.point]?.perSec === BUSY &&
        own.points[cell.point]?.handlerUs === 300,
    )
  // 700 µs and 300 at 1,000/s are more than there is; 520 and 300 as well.
  assert.equal(atBusy(session), false)
})

test('what a turn is worth is told from means: a scheme that scattered by luck gets no more turns', () => {
  const calm = cellsIn(made({ hostSd: 0, turnSd: 0, habit: 0 }))
  const noisy = cellsIn(made({ hostSd: 0, turnSd: 0.05, habit: 0 }))
  const usual = new Map(calm.map((cell) => [`${cell.arm}/${cell.point}`, cell.need]))
  for (const { arm, point, need } of noisy) {
    const known = usual.get(`${arm}/${point}`) ?? assert.fail()
    assert.ok(need / known > 0.5 && need / known < 2, `${need} against ${known}`)
  }
})

test('the two of the answer come first where services run; each turn taken lowers what is needed', () => {
  const own = made({ hostSd: 0, turnSd: 0, habit: 0 })
  const cells = cellsIn(own)
  const most = cells.toSorted((a, b) => b.need - a.need)[0] ?? assert.fail()
  assert.deepEqual(own.points[most.point], { perSec: 500, handlerUs: 300 })
  assert.equal(own.trials[most.arm]?.arm.scheme, 'jwt-hs256')
  const handfuls = focusedHandfuls(cells, own.control, 40, 1)
  assert.equal(handfuls.length, 40)
  for (const handful of handfuls) {
    assert.equal(new Set(handful.map(({ point }) => point)).size, 1)
    assert.equal(handful.filter(({ arm }) => arm === own.control).length, 1)
    assert.ok(handful.length <= 4)
  }
  assert.ok(new Set(handfuls.map(([place]) => place?.point)).size > 1, 'one point took all turns')
})

test('after many turns no cell is much less sure than another, as a share of what it should be', () => {
  const cells: Cell[] = [
    { arm: 1, point: 0, need: 30, turns: 2 },
    { arm: 2, point: 0, need: 3, turns: 2 },
    { arm: 1, point: 1, need: 10, turns: 2 },
    { arm: 2, point: 1, need: 10, turns: 2 },
  ]
  const taken = groupedBy(focusedHandfuls(cells, 0, 400, 1).flat(), ({ arm, point }) => `${arm}/${point}`)
  const needs = cells.map(({ arm, point, need, turns }) => {
    const more = taken.get(`${arm}/${point}`)?.length ?? 0
    return need * Math.sqrt(turns / (turns + more))
  })
  // The second rides along: its handful has room.
  const asked = needs.filter((_, i) => i !== 1)
  assert.ok(Math.max(...asked) < 1.1 * Math.min(...asked), needs.join())
})

test('without cells there is nothing to gain', () => {
  assert.deepEqual(focusedHandfuls([], 0, 8, 1), [])
})
