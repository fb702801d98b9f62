/** Runs put together: their blocks stand beside each other, and none of a run meets those of another. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { summarize } from '../report/summarize.ts'
import { syntheticLadders } from '../testing/synthetic-ladders.ts'
import { pooledRuns } from './pooled.ts'

const schemes = ['none', 'session-redis'] as const
const made = (id: string) => {
  const { run, results } = syntheticLadders({ blocks: 2, schemes, closed: { blocks: 3 } }, false)
  return { run: { ...run, id }, results }
}

test('one run is itself', () => {
  const only = made('a')
  assert.equal(pooledRuns([only]), only)
})

test('three runs have three times the blocks of one, and capacities of all of them', () => {
  const runs = ['a', 'b', 'c'].map(made)
  const { run, results } = pooledRuns(runs)
  const ids = run.plan.map(({ id }) => id)
  assert.equal(new Set(ids).size, ids.length)
  assert.deepEqual(
    ids.filter((id) => id.endsWith('latency/none@0')),
    ['a/latency/none@0', 'b/latency/none@0', 'c/latency/none@0'],
  )
  const of = (recorded: Parameters<typeof pooledRuns>[0][number]) => {
    const summary = summarize(recorded.run, recorded.results)
    const ladder = summary.latency.find(({ scheme }) => scheme === 'session-redis')
    const arm = summary.arms.find(({ arm }) => arm.id === 'cost/session-redis')
    return { capacity: ladder?.capacityPerSec, cpu: arm?.metrics['cpuUsPerRequest.replicas'] }
  }
  const [one, all] = [of(runs[0] ?? assert.fail()), of({ run, results })]
  assert.deepEqual([one.capacity?.n, all.capacity?.n, one.cpu?.n, all.cpu?.n], [2, 6, 3, 9])
  assert.equal(all.capacity?.value, one.capacity?.value, 'equal runs change no value')
})
