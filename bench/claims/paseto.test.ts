/** The claim about PASETO, for each outcome. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Run, TrialResult } from '../record/types.ts'
import { summarize } from '../report/summarize.ts'
import { near } from '../testing/claims.ts'
import { type SyntheticOptions, syntheticRun } from '../testing/synthetic-run.ts'
import { withTurns } from '../testing/synthetic-turns.ts'

const SCHEMES = ['none', 'jwt-eddsa', 'jwe', 'paseto-v4-public', 'paseto-v4-local'] as const

type Taxes = Record<string, number | ((perSec: number | null) => number)>

/** Taxes are what a scheme takes beyond the control's 50 µs, at all rates or at each; `accepted` counterfeits by scheme. */
function judged(taxes: Taxes, accepted: Record<string, number> = {}, options: SyntheticOptions = {}) {
  const base = syntheticRun({ noise: 0.002, experiments: ['cost'], schemes: SCHEMES, ...options })
  const costUs = (scheme: string, { perSec }: { perSec: number | null }) => {
    const tax = taxes[scheme] ?? 0
    return 50 + (typeof tax === 'number' ? tax : tax(perSec))
  }
  const turns = withTurns(base.results, costUs, { hostSd: 0.03, turnSd: 0.01, habit: 0.005, passes: 4 })
  return found(withCounterfeits({ run: base.run, results: turns }, accepted))
}

function found({ run, results }: { run: Run; results: TrialResult[] }) {
  const claim = summarize(run, results).claims.find(({ id }) => id === 'paseto')
  return claim ?? assert.fail('no claim')
}

function withCounterfeits(
  { run, results }: { run: Run; results: TrialResult[] },
  accepted: Record<string, number>,
) {
  const [first] = results
  if (!first?.ok) throw new Error('the template has no measurement')
  const more = SCHEMES.slice(1).map((scheme): TrialResult => {
    const arm = { ...first.trial.arm, id: `counterfeits/${scheme}`, experiment: 'counterfeits', scheme }
    const examined = {
      kind: 'counterfeits' as const,
      tried: 1_000,
      accepted: accepted[scheme] ?? 0,
      failed: 0,
      unanswered: 0,
      examples: [],
    }
    const trial = { ...first.trial, id: `${arm.id}@0`, arm }
    return { ...first, trial, measurement: { ...first.measurement, examined } }
  })
  return {
    run: { ...run, plan: [...run.plan, ...more.map(({ trial }) => trial)] },
    results: [...results, ...more],
  }
}

const EQUAL = { 'jwt-eddsa': 160, 'paseto-v4-public': 150, jwe: 100, 'paseto-v4-local': 90 }

test('supported when neither costs more at any rate and nothing is let in', () => {
  const { verdict, sentence, estimates, evidence } = judged(EQUAL)
  assert.equal(verdict, 'supported')
  assert.match(
    sentence,
    /^of 4,000 counterfeits none was let in; of the CPU that `jwt-eddsa` adds to a request `paseto-v4-public` adds 0\.\d+ times .* at 100\/s and .* at 500\/s, with 500 µs of handler work; .* `paseto-v4-local` adds/,
  )
  near(estimates[0]?.estimate.value, 150 / 160, 0.1)
  assert.equal(evidence.filter((id) => id.startsWith('counterfeits/')).length, 4)
})

test('refuted by the price, and by one counterfeit whatever the price', () => {
  assert.equal(judged({ ...EQUAL, 'paseto-v4-public': 400, 'paseto-v4-local': 300 }).verdict, 'refuted')
  const { verdict, sentence } = judged(EQUAL, { 'paseto-v4-local': 1 })
  assert.equal(verdict, 'refuted')
  assert.match(sentence, /^counterfeits were let in by `paseto-v4-local`/)
})

test('depends where one purpose is dearer, inconclusive between the thresholds, undecided without one of them', () => {
  const { verdict, boundary } = judged({ ...EQUAL, 'paseto-v4-local': 300 })
  assert.equal(verdict, 'depends')
  assert.match(
    boundary ?? '',
    /^the purpose: `paseto-v4-public` costs no more than its JWT, `paseto-v4-local` does/,
  )
  assert.equal(judged({ ...EQUAL, 'paseto-v4-local': 130 }).verdict, 'inconclusive')
  assert.equal(judged(EQUAL, {}, { schemes: SCHEMES.slice(0, 4) }).verdict, 'undecided')
})

test('depends on the rate where the price of one turns over it', () => {
  const turning = (perSec: number | null) => ((perSec ?? 0) > 300 ? 400 : 150)
  const { verdict, boundary } = judged({ ...EQUAL, 'paseto-v4-public': turning })
  assert.equal(verdict, 'depends')
  assert.match(
    boundary ?? '',
    /^the rate: supported up to 100 and refuted from 500 .* \(`paseto-v4-public`\)$/,
  )
})

test('the closed loop alone decides no price, and a counterfeit refutes even so', () => {
  const closed = syntheticRun({ noise: 0.002, experiments: ['cost'], schemes: SCHEMES })
  const { verdict, sentence, estimates } = found(withCounterfeits(closed, {}))
  assert.deepEqual([verdict, estimates], ['undecided', []])
  assert.match(sentence, /saturation, where no service runs, decides nothing/)
  assert.equal(found(withCounterfeits(closed, { 'paseto-v4-local': 1 })).verdict, 'refuted')
})

test('of 1,000 that were refused, at most 1 − 0.05^(1/1,000) of such may be let in, with 95 %', () => {
  const base = syntheticRun({ experiments: ['cost'], schemes: SCHEMES })
  const { run, results } = withCounterfeits(base, {})
  for (const { acceptedAtMost } of summarize(run, results).counterfeits)
    near(acceptedAtMost, 1 - 0.05 ** (1 / 1_000), 1e-6)
})
