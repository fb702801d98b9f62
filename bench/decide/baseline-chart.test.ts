/** Every scheme beside one: what it takes beyond it, sorted within its family, and no colour for what was not told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { basisWith } from '../testing/basis.ts'
import { baselineChart, besideBaseline } from './baseline-chart.ts'
import { USUAL } from './load.ts'

const TAXES = {
  'session-redis': 200,
  'session-redis-hashed': 100,
  'jwt-es256': 300,
  'jwt-hs256': 195,
  jwe: 120,
}
const basis = basisWith({ taxUs: TAXES })

test('beyond a scheme it is the difference, by family and value; one that was not told apart is marked', () => {
  assert.deepEqual(
    besideBaseline(basis, USUAL, 'session-redis').map(({ scheme, byUs, isTold }) => [
      scheme,
      byUs.value,
      isTold,
    ]),
    [
      ['session-redis-hashed', -100, true],
      ['jwt-hs256', -5, false],
      ['jwt-es256', 100, true],
      ['jwe', -80, true],
    ],
  )
  const chart = baselineChart(basis, USUAL, 'session-redis')
  assert.equal(chart?.title, 'Beside session-redis: 2 take less, 1 more, 1 was not told from it')
})

test('beyond the control it is what each adds', () => {
  assert.deepEqual(
    besideBaseline(basis, USUAL, 'none').map(({ scheme, byUs }) => [scheme, byUs.value]),
    [
      ['session-redis-hashed', 100],
      ['session-redis', 200],
      ['jwt-hs256', 195],
      ['jwt-es256', 300],
      ['jwe', 120],
    ],
  )
})

test('nothing measured beside it, no chart', () => {
  assert.equal(baselineChart(basisWith({ taxUs: { jwe: 100 } }), USUAL, 'jwe'), null)
})
