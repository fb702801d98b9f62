/** Three wishes: granted by the plainest scheme that none was told to be cheaper than, with what it keeps and gives up. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { basisWith } from '../testing/basis.ts'
import { cardsOf } from './cards.ts'
import { USUAL } from './load.ts'

const TAXES = {
  'session-redis': 200,
  'session-redis-tuned': 195,
  'session-redis-hashed': 100,
  'jwt-hs256': 70,
  'jwt-cookie': 75,
  'jwt-eddsa': 150,
  'jwt-denylist': 160,
}
const pick = (taxUs: Record<string, number>) =>
  cardsOf(basisWith({ taxUs }), USUAL, []).map(({ of }) => of && [of.side.scheme, ...of.alike])

test('one that was told to be dearer is not shown, and those that were not told from it are named', () => {
  assert.deepEqual(pick(TAXES), [['session-redis-hashed'], ['jwt-denylist'], ['jwt-hs256', 'jwt-cookie']])
  assert.deepEqual(pick({ ...TAXES, 'session-redis-hashed': 194 })[0], [
    'session-redis',
    'session-redis-tuned',
    'session-redis-hashed',
  ])
})

test('a wish that nothing measured grants has no scheme', () => {
  assert.deepEqual(pick({ 'session-redis': 200, 'jwt-hs256': 70 }), [['session-redis'], null, ['jwt-hs256']])
})

test('a token keeps nothing that a logout could end, and needs no Redis; a session the other way round', () => {
  const [session, , token] = cardsOf(basisWith({ taxUs: TAXES }), USUAL, [])
  const kept = (card: typeof session) =>
    Object.fromEntries((card?.of?.guarantees ?? []).map(({ about, isKept }) => [about, isKept]))
  assert.deepEqual(kept(session), { logout: true, redis: false, replica: true, reading: true, theft: true })
  assert.deepEqual(kept(token), { logout: false, redis: true, replica: true, reading: false, theft: false })
})

test('a figure that a run measured stands behind what is declared', () => {
  const cell = (text: string) => ({ text, trials: ['t'] })
  const cells = {
    ...{ authTax: cell('+200'), wire: cell('+80.0'), memory: cell('465 B in Redis') },
    revocation: { ...cell('48.4 ms (n 50)'), seen: { withinMs: 48.4, isLifetime: false, n: 50 } },
    redisLoss: { ...cell('stands: 0 % good meanwhile'), seen: { goodShare: 0, loggedOut: 0 } },
    replicaLoss: { ...cell('0 of 258 logged out'), seen: { loggedOut: 0, of: 258 } },
    ...{ readable: cell('nothing'), script: cell('no'), crossSite: cell('no') },
  }
  const [card] = cardsOf(basisWith({ taxUs: { 'session-redis': 200 } }), USUAL, [
    { scheme: 'session-redis', cells },
  ])
  assert.deepEqual(
    card?.of?.guarantees.slice(0, 3).map(({ text }) => text),
    [
      'at once (within 48.4 ms in 50 logouts)',
      'nothing works (0 % of requests went well)',
      'nobody is logged out (0 of 258)',
    ],
  )
  assert.equal(card?.of?.memory, '465 B in Redis')
})

test('a dear one that is unbeaten by its noise alone is not shown', () => {
  const basis = basisWith({
    taxUs: { 'session-redis': 190, 'session-redis-tuned': 300, 'session-redis-hashed': 80 },
  })
  const isNoisy = ({ more, less }: { more: string; less: string }) =>
    [more, less].includes('session-redis-tuned')
  const runs = basis.runs.map((run) => ({
    ...run,
    pairs: run.pairs.map((pair) =>
      isNoisy(pair)
        ? {
            ...pair,
            points: pair.points.map((point) => ({ ...point, byUs: { ...point.byUs, lo: -900, hi: 900 } })),
          }
        : pair,
    ),
  }))
  const [card] = cardsOf({ ...basis, runs }, USUAL, [])
  assert.deepEqual([card?.of?.side.scheme, card?.of?.alike], ['session-redis-hashed', []])
})
