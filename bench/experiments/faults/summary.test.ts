/** What a report says of faults, on made-up courses: its figures, what was not as expected, and its chart. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Arm } from '../../record/types.ts'
import { renderReport } from '../../report/index.ts'
import { summarize } from '../../report/summarize.ts'
import { type Seen, syntheticFaults } from '../../testing/faults.ts'
import { toSvg } from '../../words/charts/svg.ts'
import { faultsChart } from './chart.ts'
import { FAULTS } from './plan.ts'

const faultOf = ({ observe }: Arm) => (observe?.kind === 'faults' ? observe.fault : undefined)

async function reported(change?: (seen: Seen, arm: Arm) => Seen | undefined, blocks = 1) {
  const { run, results } = await syntheticFaults({ blocks, ...(change && { change }) })
  const summary = summarize(run, results)
  return { run, summary, files: renderReport(run, summary) }
}

test('an outage: nothing good meanwhile, back at once, and each as expected or not', async () => {
  const { summary } = await reported()
  const killed = summary.faults.find(
    ({ fault, scheme }) => fault === 'redis-killed-log' && scheme === 'session-redis',
  )
  assert.ok(killed)
  const { measured } = killed
  assert.deepEqual([measured.beforeShare, measured.duringShare, measured.recoveryMs], [1, 0, 0])
  assert.deepEqual([measured.failed, measured.due, measured.watchedMs], [300, 800, 2_500])
  assert.ok(killed.expectations.every(({ kept }) => kept))
  const drained = summary.faults.find(({ fault }) => fault === 'replica-drained')
  assert.deepEqual(
    drained?.expectations.flatMap(({ words, kept }) => (kept ? [] : [words])),
    ['no request fails'],
  )
})

test('faults stand in the order of their table, whatever the order in which they were measured', async () => {
  const { summary } = await reported()
  const told = [...new Set(summary.faults.map(({ fault }) => fault))]
  assert.deepEqual(told, [...new Set(FAULTS.map(({ fault }) => fault))])
})

test('over several trials counts add up, and the worst share and time stay', async () => {
  let trials = 0
  const { summary } = await reported((seen, arm) => {
    if (faultOf(arm) !== 'proxy-killed') return undefined
    const isSecond = ++trials === 2
    const bins = seen.bins.map((bin) =>
      isSecond && bin.fromMs < 2_000 && bin.fromMs >= 0 ? { ...bin, good: 0 } : bin,
    )
    return { ...seen, bins, hangs: 2, firstFailureMs: isSecond ? 3 : null }
  }, 2)
  const [entry] = summary.faults
  assert.ok(entry)
  assert.equal(entry.trials.length, 2)
  assert.deepEqual(
    [entry.measured.hangs, entry.measured.firstFailureMs, entry.measured.recoveryMs],
    [4, 3, 500],
  )
})

test('a recovery that was not seen in one of the trials was not seen', async () => {
  const { summary, files } = await reported((seen, arm) => {
    if (faultOf(arm) !== 'proxy-killed') return undefined
    return { ...seen, bins: seen.bins.map((bin) => (bin.fromMs >= 0 ? { ...bin, good: 0 } : bin)) }
  })
  assert.equal(summary.faults[0]?.measured.recoveryMs, null)
  assert.match(files['report.md'] ?? '', /\| not within 2\.50 s \|/)
  assert.match(files['report.md'] ?? '', /not so: “it is back within 2 s”/)
})

test('what must never be is told first, with where it was', async () => {
  const { files } = await reported((seen, arm) =>
    arm.variant === 'replica-stopped' ? { ...seen, wrongUsers: 1, hangs: 7 } : seen,
  )
  const report = files['report.md'] ?? ''
  assert.match(report, /answered as somebody else: \*\*1\*\* of/)
  assert.match(
    report,
    /without an answer within 2 s: \*\*7\*\*: a replica stands still with `session-redis` \(7\)/,
  )
  assert.match(report, /answered 500: \*\*0\*\*/)
})

test('the chart has a panel for each fault that it shows, and none without the experiment', async () => {
  const { run, summary } = await reported()
  const svg = toSvg(faultsChart(run, summary) ?? assert.fail('no chart'))
  for (const words of [
    'Redis killed, kept a log',
    'Redis forgets all',
    'a replica killed; proxy tries no other',
  ])
    assert.ok(svg.includes(words), words)
  assert.match(svg, /<title>A Redis that is killed takes/)
  assert.equal(faultsChart(run, { ...summary, faults: [] }), null)
})

test('its arms are in no table of throughput, and a report without faults says nothing of them', async () => {
  const { summary } = await reported()
  assert.deepEqual(
    summary.arms.filter(({ arm }) => arm.experiment === 'faults'),
    [],
  )
  const { files } = await reported(() => undefined)
  assert.doesNotMatch(files['report.md'] ?? '', /## Faults/)
})
