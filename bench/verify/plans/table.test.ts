/** Plans beside what was measured: within the width of a terminal, and each request by its number. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exactly } from '../../plan/range.ts'
import type { PlanCheck } from '../../record/types.ts'
import { heldMarkdown, heldSentences, heldTable } from './table.ts'

const seen = (value: number) => ({ raw: value, atPace: { value, lo: value - 0.03, hi: value + 0.03 } })
const requests: PlanCheck['requests'] = [
  {
    ...{
      number: 12,
      scheme: 'session-redis',
      rps: 1_200,
      users: 10,
      handlerUs: 0,
      loginsPerSec: 0,
      refreshesPerSec: 0,
    },
    ...{ headroom: 0.4, survive: 0, replicaCores: 1, redisMemoryBytes: null },
    planned: {
      replicas: { value: 1, lo: 1, hi: 3 },
      busy: { replicas: 0.4, redis: 0.2, proxy: 0.1 },
      p99Ms: { value: 7, lo: 6, hi: 8 },
      redisMemoryBytes: exactly(0),
    },
    fleets: [
      {
        ...{ replicas: 1, atWork: 1, turns: 6, pace: exactly(1), p99Ms: 7.5, failedShare: 0, kept: false },
        busy: { replicas: seen(0.7), redis: seen(0.25), proxy: seen(0.09) },
      },
    ],
  },
]
const check = { requests, bias: [{ replicaCores: 0.25, ratio: { value: 1.1, lo: 1, hi: 1.2 } }] }

test('a row of figures for each request, no line wider than a terminal', () => {
  const lines = heldTable(check).split('\n')
  assert.ok(lines.every((line) => line.length <= 80))
  assert.match(
    lines[1] ?? '',
    /^12 session-redis 1,200\/s +1 1 \(1–3\) 40 % 70 % \(67–73\) \+75 % \+25 % −10 % {3}none$/,
  )
  assert.match(heldMarkdown(check), /\| 12 session-redis 1,200\/s \| 1 \| 1 \(1–3\) \|/)
})

test('the sentences say how far off, who was too busy, what was too wide, p99 and what quotas do', () => {
  const text = heldSentences(check)
  assert.match(
    text,
    /Over 1 held-out request .* replicas was 75 % off .* Redis 25 % and that of the proxy 10 %/,
  )
  assert.match(text, /request 12 busier than promised\./)
  assert.match(text, /wider than it should be in request 12\./)
  assert.match(text, /p99 was 7\.50 ms where 7\.00 \(6\.00 to 8\.00\) was planned \(12\)\./)
  assert.match(text, /1\.10 \(1\.00 to 1\.20\) times the CPU at 0\.25 of a core\.$/)
})
