/** What replicas cost each other, carried to large fleets: the pessimistic line beside the straight one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MeasuredSummary } from '../../experiments/reports.ts'
import type { Estimate, Warning } from '../../record/types.ts'
import { around, evidence } from '../../testing/evidence.ts'
import { type FarLaw, farLaw, sizesAt } from './far.ts'

const assumptions = { secPerRequest: 20, headroom: 0.3, primaryBytes: 25e9, p99Ms: 40 }

function fleets(alpha: Estimate, beta: Estimate): Pick<MeasuredSummary, 'scaling' | 'scalability'> {
  const entry = {
    scheme: 'session-redis',
    speedup: around(4),
    efficiency: null,
    withheld: null,
    pace: null,
    quotaBias: null,
  }
  return {
    scaling: [2, 8].map((replicas) => ({ ...entry, replicas })),
    scalability: [
      {
        scheme: 'session-redis',
        shareCores: null,
        quotaBias: null,
        law: null,
        usl: { perSecAtOne: around(8_000), contention: alpha, coherency: beta },
        scattered: [],
      },
    ],
  }
}

const share = (value: number, lo: number, hi: number, warnings: Warning[] = []): Estimate => ({
  value,
  lo,
  hi,
  unit: 'share',
  n: 6,
  warnings,
})

function lawOf(alpha: Estimate, beta = share(0, 0, 0)): FarLaw {
  const law = farLaw(evidence(), fleets(alpha, beta), assumptions)
  assert.ok(typeof law !== 'string', `${law}`)
  return law
}

// One replica keeps 40 ms up to 8,000/s; at 7,000/s it is 70 % busy, which is planned with.
test('contention that was told from zero: more replicas, and an end that no number of them passes', () => {
  const law = lawOf(share(0.01, 0.005, 0.02))
  assert.equal(law.contention.found, 'some')
  assert.equal(law.contention.mostReplicas, 8)
  assert.ok(Math.abs((law.contention.ceilingPerSec ?? 0) - 700_000) < 1e-3)
  // N·7,000 = 100,000 · (1 + 0.01·(N − 1)) gives 16.5; the straight line 14.3.
  const sizes = sizesAt(law, 100_000, assumptions)
  assert.deepEqual([sizes.replicas.value, sizes.contended], [15, 17])
  assert.ok((sizesAt(law, 699_000, assumptions).contended ?? 0) > 10_000)
  assert.equal(sizesAt(law, 700_001, assumptions).contended, null)
})

test('pairs that talk: the end is the peak', () => {
  const law = lawOf(share(0, 0, 0), share(1e-4, 5e-5, 2e-4))
  assert.equal(law.contention.found, 'some')
  // √(1 ÷ 0.0001) replicas, each held up by 99 others.
  assert.ok(Math.abs((law.contention.ceilingPerSec ?? 0) - 700_000 / 1.99) < 1e-3)
})

test('not told from zero: no second line, but the load at which the end of the interval would stop a fleet', () => {
  const law = lawOf(share(0.004, 0, 0.02))
  assert.equal(law.contention.found, 'none')
  assert.ok(Math.abs((law.contention.ceilingPerSec ?? 0) - 350_000) < 1e-3)
  assert.equal(sizesAt(law, 1e6, assumptions).contended, null)
  const free = lawOf(share(0, 0, 1e-17))
  assert.deepEqual([free.contention.found, free.contention.ceilingPerSec], ['none', null])
})

test('a fleet that waited for something else says nothing about its replicas', () => {
  const law = lawOf(share(0.1, 0.05, 0.2, ['redis-saturated']))
  assert.deepEqual([law.contention.found, law.contention.alpha], ['hidden', null])
  assert.equal(sizesAt(law, 1e5, assumptions).contended, null)
  const unmeasured = farLaw(evidence(), { scaling: [], scalability: [] }, assumptions)
  assert.ok(typeof unmeasured !== 'string')
  assert.equal(unmeasured.contention.found, 'not-measured')
})
