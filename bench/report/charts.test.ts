/** Charts for every outcome: complete, within their frame, and saying what weakens them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { schemeNames } from '../../servers/scheme.ts'
import { type LadderOptions, syntheticLadders } from '../testing/synthetic-ladders.ts'
import { type SyntheticOptions, syntheticRun } from '../testing/synthetic-run.ts'
import { renderReport } from './index.ts'
import { summarize } from './summarize.ts'

const charts = ['throughput', 'cpu', 'replicas', 'memory'] as const

function draw(options: SyntheticOptions = {}): Record<(typeof charts)[number], string> {
  const { run, results } = syntheticRun(options)
  const report = renderReport(run, summarize(run, results))
  return Object.fromEntries(charts.map((name) => [name, report[`charts/${name}.svg`] ?? ''])) as ReturnType<
    typeof draw
  >
}

const titleOf = (svg: string) => /<title>(.*?)<\/title>/.exec(svg)?.[1] ?? ''

test('titles state the finding, from data', () => {
  const { throughput, cpu, replicas, memory } = draw()
  assert.match(
    titleOf(throughput),
    /^Auth leaves 8\d % \(session-memory\) to 2\d % \(jwt-eddsa\) of the throughput/,
  )
  assert.match(titleOf(cpu), /^Auth adds 1\d µs \(session-memory\) to 15\d µs \(jwt-eddsa\)/)
  assert.equal(titleOf(replicas), 'Too few cores to tell how schemes scale: replicas share them')
  assert.match(
    titleOf(memory),
    /^A logged-in user takes up to 1,1\d0 bytes in the replica \(session-memory\) and 4\d\d bytes in Redis/,
  )
})

test('every scheme is named in each chart that shows it, the second control too', () => {
  const { throughput, cpu, replicas, memory } = draw({
    schemes: schemeNames,
    stateSchemes: schemeNames,
    cores: 5,
  })
  for (const scheme of schemeNames) {
    for (const svg of [throughput, cpu, replicas, memory]) assert.ok(svg.includes(scheme), scheme)
  }
  assert.ok(throughput.includes('none (again)'))
})

test('with cores of their own replicas get an efficiency, without they get hollow points and none', () => {
  const { replicas } = draw({ cores: 8 })
  assert.match(titleOf(replicas), /^4 replicas reach \d+ % \([\w-]+\) to \d+ % \([\w-]+\) of 4 times one/)
  assert.match(replicas, /serve [\d,]+\/s \(\d+ %\)/)
  const shared = draw().replicas
  assert.match(shared, /hollow, dashed: these replicas share cores/)
  assert.doesNotMatch(shared, /serve [\d,]+\/s \(/)
})

test('a throughput that the load limited is hollow, marked, and no finding', () => {
  const { throughput } = draw({
    experiments: ['cost'],
    change: (result) =>
      result.ok && result.trial.arm.scheme === 'none'
        ? { ...result, measurement: { ...result.measurement, warnings: ['generator-saturated'] } }
        : result,
  })
  assert.match(throughput, /≥ [\d,]+ \([\d,]+ to [\d,]+\) †/)
  assert.match(throughput, /† hollow: the load ran out of CPU/)
  assert.match(titleOf(throughput), /without auth the load ran out first$/)
  assert.doesNotMatch(throughput, /grey band/)
})

test('a fleet that the load limited is hollow, and every line of text ends within the frame', () => {
  const { replicas } = draw({
    cores: 8,
    change: (result) =>
      result.ok
        ? { ...result, measurement: { ...result.measurement, warnings: ['generator-saturated'] } }
        : result,
  })
  assert.match(replicas, /hollow, dashed: generator or proxy was full/)
  // A frame of 900 px holds some 125 characters of the subtitle's size in a wide font.
  for (const [, line = ''] of replicas.matchAll(/<text[^>]*>([^<]*)/g)) assert.ok(line.length <= 120, line)
})

test('a smoke run says in every chart that it is none to publish', () => {
  for (const svg of Object.values(draw({ profile: 'smoke', blocks: 1 })))
    assert.match(svg, /SMOKE RUN, never a published figure/)
})

test('charts without data are left out', () => {
  const { run, results } = syntheticRun({ experiments: ['cost'] })
  const names = Object.keys(renderReport(run, summarize(run, results)))
  const expected = ['charts/cpu.svg', 'charts/throughput.svg', 'charts/wire.svg', 'report.md', 'summary.json']
  assert.deepEqual(names.sort(), expected)
})

function drawLadders(options: LadderOptions = {}): { capacity: string; latency: string } {
  const { run, results } = syntheticLadders({ schemes: ['none', 'jwt-hs256', 'jwt-eddsa'], ...options })
  const report = renderReport(run, summarize(run, results))
  return { capacity: report['charts/capacity.svg'] ?? '', latency: report['charts/latency.svg'] ?? '' }
}

test('ladders: titles state the finding, every scheme is named, SLO and n are said', () => {
  const { capacity, latency } = drawLadders()
  assert.match(
    titleOf(capacity),
    /^With p99 ≤ 50 ms, one replica takes 4,\d{3}\/s \(jwt-eddsa\) to 1\d,\d{3}\/s \(jwt-hs256\)$/,
  )
  assert.match(
    titleOf(latency),
    /^At 4,000 requests\/s p99 is &lt; 1 ms \(jwt-hs256\) to [\d.]+ ms \(jwt-eddsa\)$/,
  )
  for (const svg of [capacity, latency]) {
    for (const scheme of ['none', 'jwt-hs256', 'jwt-eddsa']) assert.ok(svg.includes(scheme), scheme)
    assert.match(svg, /open loop, Poisson arrivals, 1 s a rate · /)
    assert.match(svg, /2 blocks, with their range/)
    assert.match(svg, /p99 ≤ 50 ms/)
    assert.match(svg, /knee/)
  }
})

test('a capacity that the load limited is marked as at least that, one that is not known is told in words', () => {
  const limited = drawLadders({ loadLimitPerSec: 8_000 })
  assert.match(titleOf(limited.capacity), /to at least 7,340\/s \(jwt-hs256\)$/)
  assert.match(limited.capacity, /≥ 7,340/)
  assert.match(limited.latency, /capacity ≥ 7,340\/s/)
  const single = drawLadders({ ratesPerSec: [2_000] })
  assert.equal(titleOf(single.capacity), 'No capacity at p99 ≤ 50 ms is known')
  assert.match(single.capacity, /one rate tells no capacity/)
  assert.doesNotMatch(single.capacity, /≥ hollow/)
})

test('ladders of which every rung was rejected draw nothing', () => {
  assert.deepEqual(drawLadders({ loadLimitPerSec: 1 }), { capacity: '', latency: '' })
})
