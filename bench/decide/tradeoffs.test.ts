/** Two schemes side by side: what each takes, makes wait, keeps and gives up; a mark only where one is told to be better. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { basisWith } from '../testing/basis.ts'
import { evidence } from '../testing/evidence.ts'
import { decide } from './decision.ts'
import { type ServiceLoad, USUAL } from './load.ts'
import { type Besides, tradeoffsOf } from './tradeoffs.ts'

const basis = basisWith({ taxUs: { 'session-redis': 240, 'jwt-hs256': 120 } })

function rowsOf(change: Partial<ServiceLoad> = {}, besides: Partial<Besides> = {}) {
  const load = { ...USUAL, ...change }
  const made = decide(basis, load)
  assert.ok(!('missing' in made))
  return tradeoffsOf(made, load, { trade: [], evidence: [], ...besides })
}

test('CPU has a mark only where it decides', () => {
  const [little] = rowsOf()
  assert.equal(little?.head, 'CPU that auth takes')
  assert.deepEqual(little?.cells, [
    { text: '0.24 of a core (0.23 to 0.25), 35 % of all', isKept: null },
    { text: '0.12 of a core (0.11 to 0.13), 21 % of all', isKept: null },
  ])
  assert.deepEqual(
    rowsOf({ perSec: 20_000 })[0]?.cells.map(({ isKept }) => isKept),
    [false, true],
  )
})

test('the p99 of both, which are said not to be told apart where they overlap', () => {
  const both = USUAL.schemes.map((scheme) => ({ ...evidence(), scheme }))
  const [, waiting] = rowsOf({ handlerUs: 0 }, { evidence: both })
  assert.equal(waiting?.head, '99 of 100 answers within')
  assert.deepEqual(
    waiting?.cells.map(({ isKept }) => isKept),
    [null, null],
  )
  assert.match(waiting?.cells[0].text ?? '', /^[\d.]+ \([\d.]+ to [\d.]+\) ms$/)
  assert.match(waiting?.cells[1].text ?? '', / ms, not told apart$/)
  const [, one] = rowsOf({ handlerUs: 0 }, { evidence: both.slice(1) })
  assert.deepEqual([one?.head, one?.cells[0].text], ['99 of 100 answers within', '–'])
  assert.equal(rowsOf()[1]?.head, 'A logout acts')
})

test('what one keeps and the other gives up stands side by side; where they are alike there is nothing to choose by', () => {
  const kept = rowsOf()
    .slice(1)
    .map(({ head, cells }) => [head, ...cells.map(({ isKept }) => isKept)])
  assert.deepEqual(kept, [
    ['A logout acts', true, false],
    ['Redis dies', false, true],
    ['The credential shows', true, false],
    ['A script in the page takes it', true, false],
  ])
})
