/** A decision as a person would say it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { basisWith } from '../testing/basis.ts'
import { decide } from './decision.ts'
import type { ServiceLoad } from './load.ts'
import { loadText, sentencesOf } from './sentences.ts'
import { coresText } from './words.ts'

const LOAD: ServiceLoad = {
  ...{ perSec: 1_000, schemes: ['session-redis', 'jwt-hs256'], handlerUs: 300, redisRttMs: 0 },
}

function said(truth: Parameters<typeof basisWith>[0], change: Partial<ServiceLoad> = {}) {
  const basis = basisWith(truth)
  const load = { ...LOAD, ...change }
  const made = decide(basis, load)
  assert.ok(!('missing' in made))
  return sentencesOf(made, load, basis)
}

const TWICE = { 'session-redis': 240, 'jwt-hs256': 120 }

test('what is cheaper, by how much, from when on that is a core, and how sure it is', () => {
  assert.deepEqual(said({ taxUs: TWICE }), {
    headline: '`jwt-hs256` takes 0.12 of a core (0.11 to 0.13) less than `session-redis`.',
    sizes:
      'Auth takes 0.24 of a core with `session-redis` and 0.12 of a core with `jwt-hs256`: 35 % and 21 % of all CPU that the service takes.',
    matters: 'The difference grows to a whole core at 8,330 requests/s.',
    sure: 'One run tells them apart, by its 95 % interval; measured on 1 kind of machine (Small CPU, 2 cores).',
    beyond: null,
  })
  assert.equal(loadText(LOAD), 'At 1,000 requests/s, with handlers that take 300 µs of CPU each,')
})

test('where the service does much besides, either will do, and still it says who takes less', () => {
  const { headline } = said({ taxUs: TWICE }, { handlerUs: 5_000 })
  assert.equal(
    headline,
    'either will do: `jwt-hs256` takes 0.12 of a core (0.11 to 0.13) less than `session-redis`, 2 % of what the service takes.',
  )
})

test('two that were not told apart: no winner, and how far apart they may be', () => {
  const { headline, matters } = said({ taxUs: TWICE, reachUs: 130 })
  assert.equal(
    headline,
    '`session-redis` and `jwt-hs256` were not told apart: they may differ by as much as 0.25 of a core.',
  )
  assert.equal(matters, null)
  assert.match(
    said({ taxUs: { 'session-redis': 120, 'jwt-hs256': 120 }, reachUs: 5 }).headline,
    /^either will do: .* were not told apart, and differ by less than 0\.01 of a core at most/,
  )
})

test('where nobody measured it says so, and a tax that was not told from nothing is one of at most so much', () => {
  assert.equal(
    said({ taxUs: TWICE }, { perSec: 10, handlerUs: 4_000 }).beyond,
    'Nobody measured less than 100 requests/s on a replica and handlers that take more than 300 µs: what auth adds is taken as it is there.',
  )
  assert.match(said({ taxUs: { ...TWICE, 'jwt-hs256': 5 } }).sizes, /and at most 0\.01 of a core with/)
})

test('several runs are counted, with their occasions', () => {
  assert.match(
    said({ taxUs: TWICE, runs: [1, 1.1], hoursApart: 1 }).sure,
    /^Each of 2 runs from 1 occasion tells them apart by itself, and a 95 % interval over runs would take 6 of them from 3 occasions, hours apart;/,
  )
  const three = { taxUs: TWICE, runs: [1, 1.1, 0.5], hoursApart: 1, reachUs: 100 }
  assert.match(said(three).sure, /^2 of 3 runs from 1 occasion tell them apart by themselves, and/)
  assert.match(
    said({ taxUs: TWICE, runs: [1, 1.1, 0.9, 1, 1.05, 0.95] }).sure,
    /^The 95 % interval over 6 runs from 6 occasions, hours apart, tells them apart;/,
  )
})

test('shares of cores keep two digits behind the point below one, and say when they are less', () => {
  assert.deepEqual([0.001, 0.1349, 1.26, 36.4, 1_234].map(coresText), [
    'less than 0.01 of a core',
    '0.13 of a core',
    '1.3 cores',
    '36 cores',
    '1,230 cores',
  ])
})
