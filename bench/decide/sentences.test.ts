/** A decision as a person would say it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { basisWith } from '../testing/basis.ts'
import { decide } from './decision.ts'
import type { ServiceLoad } from './load.ts'
import { loadText, sentencesOf } from './sentences.ts'
import { coresRange, coresText } from './words.ts'

const LOAD: ServiceLoad = {
  ...{ perSec: 1_000, schemes: ['session-redis', 'jwt-hs256'], handlerUs: 300, redisRttMs: 0 },
}

function said(truth: Parameters<typeof basisWith>[0], change: Partial<ServiceLoad> = {}) {
  const basis = basisWith(truth)
  const load = { ...LOAD, ...change }
  const made = decide(basis, load)
  assert.ok(!('missing' in made))
  const { advice: _, ...all } = sentencesOf(made, load, basis)
  return all
}

const TWICE = { 'session-redis': 240, 'jwt-hs256': 120 }

test('whether CPU decides, what is saved, from when on that is a core, and how sure it is', () => {
  assert.deepEqual(said({ taxUs: TWICE }), {
    headline: 'CPU should not decide it: `jwt-hs256` saves 0.12 of a core.',
    size: 'That is 17 % of the CPU of the service: 0.12 of a core (95 % interval: 0.11 to 0.13).',
    matters: 'It grows to a whole core at 8,330 (7,690 to 9,090) requests/s.',
    sizes:
      'Auth takes 0.24 of a core (0.23 to 0.25) with `session-redis` and 0.12 of a core (0.11 to 0.13) with `jwt-hs256`: 35 % and 21 % of the CPU of the service.',
    sure: 'How sure: the 95 % interval of the one run leaves out zero. Measured on 1 kind of machine (Small CPU, 2 cores).',
    where: 'One replica takes the whole load: a rate that was measured.',
  })
  assert.equal(loadText(LOAD), 'At 1,000 requests/s, with 300 µs of CPU for your own code in each')
})

test('where it is a core and more, CPU decides', () => {
  const { headline, matters, where } = said({ taxUs: TWICE }, { perSec: 20_000 })
  assert.equal(headline, 'CPU speaks for `jwt-hs256`: it saves 2.4 cores, 17 % of what the service takes.')
  assert.equal(matters, null)
  assert.equal(where, '20 replicas share the load, 1,000 requests/s each: a rate that was measured.')
})

test('where the service does much besides, either will do, and still it says who takes less', () => {
  const { headline, size, matters } = said({ taxUs: TWICE }, { handlerUs: 5_000 })
  assert.equal(headline, 'CPU should not decide it: `jwt-hs256` saves 0.12 of a core.')
  assert.match(size ?? '', /^That is 2 % of the CPU of the service/)
  assert.equal(matters, 'Below 5 % either will do.')
})

test('two that were not told apart: no winner, and how far apart they may be', () => {
  const { headline, size, matters } = said({ taxUs: TWICE, reachUs: 130 }, { perSec: 10_000 })
  assert.equal(
    headline,
    '`session-redis` and `jwt-hs256` were not told apart: they may differ by as much as 2.5 cores.',
  )
  assert.deepEqual([size, matters], [null, null])
  assert.match(
    said({ taxUs: { 'session-redis': 120, 'jwt-hs256': 120 }, reachUs: 5 }).headline,
    /^CPU should not decide it: .* were not told apart, and differ by less than 0\.01 of a core at most/,
  )
})

test('where nobody measured it says so, and a tax that was not told from nothing is one of at most so much', () => {
  assert.equal(
    said({ taxUs: TWICE }, { perSec: 10, handlerUs: 4_000 }).where,
    'Nobody measured less than 100 requests/s on a replica and more than 300 µs of your own code: the nearest that was measured stands for it.',
  )
  assert.equal(
    said({ taxUs: TWICE }, { perSec: 300 }).where,
    'One replica takes the whole load: a rate between two that were measured.',
  )
  assert.match(said({ taxUs: { ...TWICE, 'jwt-hs256': 5 } }).sizes, /and at most 0\.01 of a core with/)
})

test('several runs are counted, with their occasions', () => {
  assert.match(
    said({ taxUs: TWICE, runs: [1, 1.1], hoursApart: 1 }).sure,
    /^How sure: each of 2 runs from 1 occasion finds the difference by itself\. Measured on/,
  )
  const three = { taxUs: TWICE, runs: [1, 1.1, 0.5], hoursApart: 1, reachUs: 100 }
  assert.match(said(three).sure, /^How sure: 2 of 3 runs from 1 occasion find it by themselves\./)
  assert.match(
    said({ taxUs: TWICE, runs: [1, 1.1, 0.9, 1, 1.05, 0.95] }).sure,
    /^How sure: the 95 % interval over 6 runs from 6 occasions, hours apart, leaves out zero\./,
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

test('a value that would read like one of its ends has one digit more', () => {
  assert.equal(coresRange({ value: 0.137, lo: 0.124, hi: 0.141 }), '0.137 of a core (0.124 to 0.141)')
  assert.equal(coresRange({ value: 0.2, lo: 0.18, hi: 0.22 }), '0.20 of a core (0.18 to 0.22)')
  assert.equal(
    coresRange({ value: 2.44, lo: 2.41, hi: 2.9 }, 'range of 4 runs'),
    '2.44 cores (range of 4 runs: 2.41 to 2.90)',
  )
})
