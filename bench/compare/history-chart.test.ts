/** What runs said one after the other, beside their own controls. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runWithRows } from '../figures/rows.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { history, historyChart } from './history-chart.ts'

/** @param slower how many times as long everything takes */
function made(id: string, day: string, slower = 1) {
  const { run, results } = syntheticRun({ experiments: ['cost'], blocks: 5 })
  const scaled = results.map((result) => {
    if (!result.ok) return result
    const { cpuUsPerRequest: us } = result.measurement
    const cpuUsPerRequest = Object.fromEntries(
      Object.entries(us).map(([tier, value]) => [tier, value && value * slower]),
    ) as typeof us
    return { ...result, measurement: { ...result.measurement, cpuUsPerRequest } }
  })
  return runWithRows({ ...run, id, startedAt: `${day}T00:00:00.000Z` }, scaled)
}

const runs = [made('later', '2026-02-01', 1.5), made('earlier', '2026-01-01')]

test('in the order of time, and a machine that is slower as a whole changes nothing', () => {
  const seen = history(runs, ['session-redis'], 'saturation')
  assert.deepEqual(
    seen.map(({ run }) => run.id),
    ['earlier', 'later'],
  )
  const [first, second] = seen.map(({ times }) => times.value)
  assert.ok(Math.abs((first ?? 0) / (second ?? 1) - 1) < 1e-5, `${first} and ${second}`)
})

test('one run is no history, and what has no turns has no place in everyday load', () => {
  assert.equal(historyChart(runs.slice(1), ['session-redis']), null)
  assert.deepEqual(history(runs, ['session-redis'], 'everyday'), [])
  assert.match(historyChart(runs, ['session-redis', 'jwt-hs256'])?.title ?? '', /in the order of time/)
})

test('a run with another version of a package says so, and one with the same says nothing', () => {
  const [later, earlier] = runs
  assert.ok(later && earlier)
  const newer = { ...later.run.environment, packages: { ...later.run.environment.packages, jose: '7.0.0' } }
  const upgraded = [{ ...later, run: { ...later.run, environment: newer } }, earlier]
  const before = earlier.run.environment.packages.jose
  const words = (some: typeof runs) => {
    const chart = historyChart(some, ['session-redis']) ?? assert.fail()
    return [chart.subtitle, JSON.stringify(chart.option)]
  }
  const [subtitle, marks] = words(upgraded)
  assert.ok(
    subtitle?.includes(`dotted: first run with other versions (2026-02-01 jose ${before} → 7.0.0)`),
    subtitle,
  )
  assert.match(marks ?? '', /session-redis · later: .*first with jose/)
  assert.match(words(runs)[0] ?? '', /no version of Node or of a package changed/)
})
