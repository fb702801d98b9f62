/** The rule over rates, and how often two schemes whose truth is known get a verdict that is wrong. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { comparedCurves } from '../figures/curves.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { type TurnsOptions, withTurns } from '../testing/synthetic-turns.ts'
import { everydayTax, onCurves, overRates } from './rates.ts'
import type { Limits, Ruling } from './verdict.ts'

type Verdict = Ruling['verdict']

/** `s`, `r` and `-`: supported, refuted and nothing decided, at 100/s, 200/s and so on. */
const ratesOf = (letters: string) =>
  [...letters].map((letter, i) => ({
    perSec: 100 * (i + 1),
    judged: (letter === '-'
      ? { verdict: 'inconclusive', doubt: 'straddles' }
      : { verdict: letter === 's' ? 'supported' : 'refuted', doubt: null }) as Ruling,
  }))
const over = (letters: string) => overRates(ratesOf(letters))

test('rates that agree give their verdict; some that decide nothing turn nothing', () => {
  for (const letters of ['ss', 'sss', 's-s', '--ss', 'ss-'])
    assert.equal(over(letters).verdict, 'supported', letters)
  for (const letters of ['rr', '-rr', 'r-r-']) assert.equal(over(letters).verdict, 'refuted', letters)
})

test('too few rates that decide give none', () => {
  for (const letters of ['', '-', '--', 's-', '-s-', 's---s', 'r----r'])
    assert.equal(over(letters).verdict, 'inconclusive', letters)
  assert.deepEqual(over('s'), { verdict: 'inconclusive', turn: null, doubt: 'one-rate' })
})

test('where the answer turns once it depends, on a rate between the two that decide', () => {
  assert.deepEqual(over('sr'), { verdict: 'depends', turn: { lo: 100, hi: 200 }, doubt: null })
  assert.deepEqual(over('s-rr').turn, { lo: 100, hi: 300 })
  assert.deepEqual(over('rr-s').turn, { lo: 200, hi: 400 })
  assert.deepEqual(over('srs'), { verdict: 'inconclusive', turn: null, doubt: 'turns-again' })
})

test('one more rate that decides nothing never makes a verdict, and never another one', () => {
  const letters = fc.array(fc.constantFrom('s', 'r', '-'), { minLength: 1, maxLength: 7 })
  fc.assert(
    fc.property(letters, fc.nat(7), (some, at) => {
      const [before, after] = [
        over(some.join('')),
        over([...some.slice(0, at), '-', ...some.slice(at)].join('')),
      ]
      // One rate by itself has no verdict, whatever stands beside it.
      assert.ok(after.verdict === before.verdict || after.verdict === 'inconclusive')
    }),
  )
})

test('beside a cost of one load stands what a scheme adds where headlines are taken, or nothing', () => {
  const { run, results } = syntheticRun({ experiments: ['cost'], blocks: 3, schemes: ['none', 'jwt-hs256'] })
  const costUs = (scheme: string) => (scheme === 'none' ? 150 : 350)
  const calm = { hostSd: 0.02, turnSd: 0.01, habit: 0.002 }
  const { text, entry } =
    everydayTax(comparedCurves(run, withTurns(results, costUs, calm)), 'jwt-hs256') ?? assert.fail()
  assert.match(text, /^(19\d|20\d) µs \(\d+ to \d+\) at 500\/s, with 500 µs of handler work$/)
  assert.equal(entry.label, 'auth tax of jwt-hs256 at 500/s, with 500 µs of handler work')
  assert.equal(everydayTax(comparedCurves(run, withTurns(results, costUs, calm)), 'jwe'), null)
  assert.equal(everydayTax(comparedCurves(run, results), 'jwt-hs256'), null)
})

const LIMITS: Limits = { supported: { op: '>=', value: 1.5 }, refuted: { op: '<=', value: 1.1 } }
const TWO = ['session-redis', 'jwt-hs256'] as const
const RATES = [100, 500, 1_000]

/** How often each verdict fell over simulated runs in which the first adds `times` what the second adds. */
function verdicts(
  times: number,
  runs: number,
  options: TurnsOptions = {},
): Record<Verdict | 'depends', number> {
  const found = { supported: 0, refuted: 0, depends: 0, inconclusive: 0 }
  const costUs = (scheme: string) =>
    150 + (scheme === 'none' ? 0 : scheme === TWO[0] ? 200 * times : scheme === TWO[1] ? 200 : 300)
  const { run, results } = syntheticRun({
    experiments: ['cost'],
    blocks: 3,
    schemes: ['none', ...TWO, 'jwt-es256'],
  })
  for (let seed = 1; seed <= runs; seed++) {
    const asked = { ratesPerSec: RATES, handlerUs: [0], passes: 4, seed: 17 * seed, ...options }
    const curves = comparedCurves(run, withTurns(results, costUs, asked), [TWO])
    const { cases } = onCurves(curves, TWO, 'tax', LIMITS) ?? assert.fail('no curves')
    found[cases[0].verdict]++
  }
  return found
}

test('two equal schemes are told to differ by a half, at all rates or at some, in one run of twenty at most', () => {
  for (const hostSd of [0.1, 0.22]) {
    const { supported, depends } = verdicts(1, 40, { hostSd })
    assert.ok(supported + depends <= 4, `${supported} and ${depends} of 40`)
  }
})

test('exactly at a threshold a verdict falls in one run of twenty at most', () => {
  const at = verdicts(1.5, 40)
  assert.ok(at.supported + at.depends + at.refuted <= 4, JSON.stringify(at))
  const low = verdicts(1.1, 40)
  assert.ok(low.supported + low.depends + low.refuted <= 4, JSON.stringify(low))
})

test('on a calm machine equal schemes are refuted, and twice as much is supported, in nearly every run', () => {
  const calm = { hostSd: 0.05, turnSd: 0.01, habit: 0.005, passes: 6 }
  assert.ok(verdicts(1, 10, calm).refuted >= 8)
  assert.ok(verdicts(2, 10, calm).supported >= 9)
})
