/** What a run can carry a plan with, and what it says when it cannot. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SchemeName } from '../../servers/scheme.ts'
import { summarize } from '../report/summarize.ts'
import { syntheticLadders } from '../testing/synthetic-ladders.ts'
import { evidenceOf } from './evidence.ts'
import { plan } from './plan.ts'

const schemes = ['none', 'session-redis', 'jwt-hs256', 'jwt-rs256'] as const
const { run, results } = syntheticLadders({ blocks: 6, schemes, closed: { blocks: 6 } }, false)
const summary = summarize(run, results)
const of = (scheme: SchemeName, over: Partial<typeof summary> = {}) =>
  evidenceOf(run, { ...summary, ...over }, results, scheme)

test('a run of cost, latency and users carries a plan, which says the report’s own capacity', () => {
  const found = of('session-redis')
  assert.ok(typeof found !== 'string', `${found}`)
  const capacity = summary.latency.find(({ scheme }) => scheme === 'session-redis')?.capacityPerSec
  assert.ok(capacity)
  const request = { users: 1_000, p99Ms: 50, headroom: 0, replicaCores: 1, stateBytes: null, prices: null }
  const planned = plan(found, { ...request, rps: 3 * capacity.value })
  assert.equal(planned.refused, null)
  assert.equal(planned.refused === null && planned.replicas.value, 3)
  assert.ok(found.trials.latency.length === 6 && found.trials.latency.every((id) => /session-redis/.test(id)))
})

test('memory of a scheme that was not measured is that of its kin, and the plan says so', () => {
  const found = of('jwt-rs256')
  assert.ok(typeof found !== 'string', `${found}`)
  assert.equal(found.userBytesOf, 'jwt-hs256')
})

test('what is missing is named, with the command that measures it', () => {
  for (const [what, over] of Object.entries({
    latency: { latency: [] },
    cost: { arms: [] },
    users: { memoryPerUser: [] },
  })) {
    assert.match(`${of('session-redis', over)}`, new RegExp(`npm run bench.*experiment ${what}`))
  }
})
