/** The claim about PASETO, for each outcome. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Run, TrialResult } from '../record/types.ts'
import { summarize } from '../report/summarize.ts'
import { near } from '../testing/claims.ts'
import { type SyntheticOptions, syntheticRun } from '../testing/synthetic-run.ts'

const SCHEMES = ['none', 'jwt-eddsa', 'jwe', 'paseto-v4-public', 'paseto-v4-local'] as const

/** Taxes are what a scheme takes beyond the control's 50 µs; `accepted` counterfeits by scheme. */
function judged(
  taxes: Record<string, number>,
  accepted: Record<string, number> = {},
  options: SyntheticOptions = {},
) {
  const model = Object.fromEntries(Object.entries(taxes).map(([name, us]) => [name, { cpuUs: 50 + us }]))
  const base = syntheticRun({ noise: 0.002, experiments: ['cost'], schemes: SCHEMES, model, ...options })
  const { run, results } = withCounterfeits(base, accepted)
  const found = summarize(run, results).claims.find(({ id }) => id === 'paseto')
  return found ?? assert.fail('no claim')
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

test('supported when neither costs more and nothing is let in', () => {
  const { verdict, sentence, estimates, evidence } = judged(EQUAL)
  assert.equal(verdict, 'supported')
  assert.match(
    sentence,
    /^of 4,000 counterfeits none was let in; `paseto-v4-public` adds .* the CPU that `jwt-eddsa` adds/,
  )
  near(estimates[0]?.estimate.value, 150 / 160)
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

test('of 1,000 that were refused, at most 1 − 0.05^(1/1,000) of such may be let in, with 95 %', () => {
  const base = syntheticRun({ experiments: ['cost'], schemes: SCHEMES })
  const { run, results } = withCounterfeits(base, {})
  for (const { acceptedAtMost } of summarize(run, results).counterfeits)
    near(acceptedAtMost, 1 - 0.05 ** (1 / 1_000), 1e-6)
})
