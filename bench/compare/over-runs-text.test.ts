/** Runs of a machine put together: those that are alike by themselves, all others named with the reason. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type RunWithRows, runWithRows } from '../figures/rows.ts'
import type { Run } from '../record/types.ts'
import { seededNormal } from '../stats/normal.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { withTurns } from '../testing/synthetic-turns.ts'
import { alikeRuns } from './alike.ts'
import {
  machineAnswer,
  overRunsMarkdown,
  overRunsSentence,
  taxBetween,
  widenedTax,
} from './over-runs-text.ts'

const COST: Record<string, number> = { none: 400, 'session-redis': 700, 'jwt-hs256': 550 }
const normal = seededNormal(7)

function made(id: string, hours: number, change: (run: Run) => Run = (run) => run): RunWithRows {
  const { run, results } = syntheticRun({
    experiments: ['cost'],
    schemes: Object.keys(COST),
    seed: 1 + hours,
  })
  const slower = Math.exp(0.2 * normal())
  const turns = withTurns(results, (scheme) => (COST[scheme] ?? 0) * slower, {
    ...{ ratesPerSec: [100, 300], handlerUs: [300], seed: 1 + hours },
  })
  const startedAt = new Date(Date.UTC(2026, 0, 2) + hours * 3_600_000).toISOString()
  return runWithRows(change({ ...run, id, startedAt }), turns)
}

const six = [0, 1, 10, 11, 20, 21].map((hours) => made(`run-${hours}`, hours))

test('six runs from three occasions: medians with an interval, how many there were, and the pairs that disagree', () => {
  assert.match(
    overRunsSentence(six) ?? '',
    /^At 300 requests\/s on one replica with 300 µs .*`session-redis` adds \d+ \(\d+ to \d+\) µs .* median and 95 % interval over 6 runs from 3 occasions, hours apart\./,
  )
  const text = overRunsMarkdown(six).join('\n')
  assert.match(text, /\| `session-redis` \| \d+ \(\d+ to \d+\) \| \d+ \(\d+ to \d+\) \|/)
  const [, pairs, alone, wide] =
    /Of (\d+) pairs of .* (\d+) have nothing in common, and (\d+) when/.exec(text) ?? []
  assert.equal(pairs, '60')
  assert.ok(Number(wide) <= 5 && Number(wide) <= Number(alone), `${alone} and ${wide}`)
  assert.doesNotMatch(text, /Left out/)
})

test('fewer have their range, and it is called one; a single run says nothing over runs', () => {
  assert.match(
    overRunsSentence(six.slice(0, 3)) ?? '',
    /median and range of 3 runs from 2 occasions; an interval takes 6 from 3/,
  )
  assert.match(
    overRunsSentence([...six.slice(0, 2), ...six.slice(0, 2)]) ?? '',
    /range of 4 runs from 1 occasion;/,
  )
  assert.equal(overRunsSentence(six.slice(0, 1)), null)
  assert.deepEqual(overRunsMarkdown(six.slice(0, 1)), [])
})

test('what is not alike is left out, named, with the reason, and changes no figure', () => {
  const at = (id: string, change: (run: Run) => Run) => made(id, 30, change)
  const elsewhere = at('elsewhere', (run) => ({
    ...run,
    environment: { ...run.environment, cpuModel: 'Another CPU' },
  }))
  const longer = at('longer', (run) => ({
    ...run,
    plan: run.plan.map((trial) => ({ ...trial, arm: { ...trial.arm, measureSec: 9 } })),
  }))
  const smoke = at('smoke', (run) => ({ ...run, profile: 'smoke' }))
  const open = at('open', (run) => ({ ...run, finishedAt: null }))
  const closed = { ...at('closed', (run) => run), overLoad: [] }
  const control = at('control', (run) => run)
  const aa = { ...control, overLoad: control.overLoad.filter(({ scheme }) => scheme === 'none') }
  const all = [elsewhere, longer, smoke, open, closed, aa, ...six]
  const unread = [{ name: 'newer', reason: 'schema 9 is newer than 3' }]
  assert.equal(overRunsSentence(all), overRunsSentence(six))
  const [left = ''] = overRunsMarkdown(all, unread).slice(-1)
  for (const part of [
    /elsewhere \(another machine \(CPU: Another CPU, and not Example CPU\)\)/,
    /longer \(another method \(window of cost/,
    /smoke \(a smoke run, too short for figures\)/,
    /open \(not finished\)/,
    /closed \(took no turns/,
    /control \(has controls alone/,
    /newer \(schema 9 is newer than 3\)/,
  ])
    assert.match(left, part)
})

test('another kernel is the same kind of machine; of two kinds the one with more runs is shown', () => {
  const kernel = made('kernel', 40, (run) => ({
    ...run,
    environment: { ...run.environment, kernel: '9.9' },
  }))
  assert.equal(alikeRuns([...six, kernel]).alike.length, 7)
  const others = [50, 60].map((hours) =>
    made(`other-${hours}`, hours, (run) => ({ ...run, environment: { ...run.environment, cores: 64 } })),
  )
  assert.deepEqual(
    alikeRuns([...others, ...six]).alike.map(({ run }) => run.id),
    six.map(({ run }) => run.id),
  )
  assert.equal(alikeRuns([]).alike.length, 0)
})

test('the interval of one run is widened by what the runs differ by, also around zero', () => {
  const between = taxBetween(six) ?? assert.fail()
  assert.ok(between.variance > 0)
  for (const tax of [
    { value: 100, lo: 95, hi: 105 },
    { value: 1, lo: -4, hi: 6 },
  ]) {
    const wide = widenedTax(tax, between)
    assert.ok(wide.lo <= tax.lo && wide.hi >= tax.hi && wide.hi - wide.lo > tax.hi - tax.lo)
  }
  assert.equal(taxBetween(six.slice(0, 4)), null)
})

test('a run of a machine that is known says what the machine takes; of another one, that this is not known', () => {
  const run = made('run-50', 50)
  assert.match(
    machineAnswer(run, six) ?? '',
    /^Of this machine, whatever the hour, at 300\/s: session-redis \d+ \(\d+ to [\d,]+\) µs and jwt-hs256 .* what 6 published runs of it differ by\.$/,
  )
  const first = six[0] ?? assert.fail()
  assert.match(machineAnswer(first, six.slice(0, 4)) ?? '', /this run alone\. .* is not known/)
  const own = made('run-51', 51, (one) => ({ ...one, environment: { ...one.environment, cores: 64 } }))
  assert.match(machineAnswer(own, six) ?? '', /is not known/)
  assert.equal(machineAnswer({ ...run, overLoad: [] }, six), null)
})
