/** Runs of one machine that is not the same on other days: no false alarms, a slower machine is no regression, and real ones show. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type RunWithRows, runWithRows } from '../figures/rows.ts'
import { seededNormal } from '../stats/normal.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { withTurns } from '../testing/synthetic-turns.ts'
import { knownOf, whyNotWidened } from './between.ts'
import { compareRuns, paceRatio } from './compare.ts'
import { conditionOf, failures } from './conditions.ts'
import { comparisons, machineText, ratioTables, terminalComparison } from './text.ts'

const COST: Record<string, number> = { none: 400, 'session-redis': 800, 'jwt-hs256': 550 }
const RATES = [100, 200, 300]
const DAY_MS = 86_400_000

interface Asked {
  /** Of the whole machine on that day. */
  slower?: number
  /** By scheme: what that day did to it alone, or what code did. */
  times?: Record<string, number>
  day?: number
}

/** With turns, and with blocks at saturation, on its own day. */
function made(seed: number, { slower = 1, times = {}, day = 0 }: Asked = {}): RunWithRows {
  const schemes = Object.keys(COST)
  const { run, results } = syntheticRun({ experiments: ['cost'], schemes, seed, noise: 0.05 })
  const of = (scheme: string) => slower * (times[scheme] ?? 1)
  const turns = withTurns(results, (scheme) => (COST[scheme] ?? 0) * of(scheme), {
    ...{ ratesPerSec: RATES, handlerUs: [300], seed },
  })
  const startedAt = new Date(Date.parse(run.startedAt) + day * DAY_MS).toISOString()
  const whole = runWithRows({ ...run, id: `run-${seed}`, startedAt }, turns)
  return {
    ...whole,
    rows: whole.rows.map((row) => {
      const { throughputPerSec = 0, 'cpuUsPerRequest.total': cpu = 0 } = row.values
      const factor = of(row.scheme)
      const scaled = {
        throughputPerSec: throughputPerSec / factor,
        'cpuUsPerRequest.total': cpu * factor,
      }
      return { ...row, values: { ...row.values, ...scaled } }
    }),
  }
}

/** As many runs as asked for, each on a day that does something to every scheme. */
function days(count: number, seed: number, sd: number): RunWithRows[] {
  const normal = seededNormal(seed)
  return Array.from({ length: count }, (_, day) => {
    const times = Object.fromEntries(
      Object.keys(COST).map((scheme) => [scheme, scheme === 'none' ? 1 : Math.exp(sd * normal())]),
    )
    return made(1_000 * seed + day, { slower: Math.exp(0.3 * normal()), times, day })
  })
}

const find = (
  ratios: ReturnType<typeof compareRuns>,
  metric: string,
  scheme: string,
  perSec: number | null,
) =>
  ratios.find((one) => one.metric === metric && one.scheme === scheme && (one.at?.perSec ?? null) === perSec)

test('the machine was slower by 43 %: said, and no regression of CPU, tax or throughput at any rate', () => {
  const [base, other] = [made(1), made(2, { slower: 1.43 })]
  const pace = paceRatio(base, other) ?? assert.fail()
  assert.ok(pace > 1.2 && pace < 1.6, `${pace}`)
  const [compared] = comparisons([base, other])
  assert.ok(compared)
  const asked = ['cpu>10%', 'authTax>10%', 'throughput<-5%'].flatMap((text) => conditionOf(text) ?? [])
  assert.equal(asked.length, 3)
  assert.deepEqual(failures(compared.ratios, asked), [])
  const saturated = find(compared.ratios, 'cpu', 'session-redis', null)
  assert.ok(saturated && saturated.other.value > 1.3 * saturated.base.value, 'it shows in the microseconds')
  const judged = (metric: string) => compared.ratios.some((one) => one.metric === metric && one.judged)
  assert.ok(['cpu', 'authTax', 'throughput'].every(judged))
  assert.match(
    machineText(compared),
    /^The control took 1\.\d\d times as much CPU: this machine was slower in the other run\. Ratios of CPU and/,
  )
  assert.match(terminalComparison(compared).replace(/\s+/g, ' '), /this machine was slower in the other run/)
})

test('with other code it may also be what all schemes share; as fast, nothing is said of it', () => {
  const [base, other] = [made(1), made(2, { slower: 1.43 })]
  const environment = {
    ...other.run.environment,
    runtime: { ...other.run.environment.runtime, node: 'v99.0.0' },
  }
  const [compared] = comparisons([base, { ...other, run: { ...other.run, environment } }])
  assert.match(
    machineText(compared ?? assert.fail()),
    /the machine was slower in the other run, or what all schemes share/,
  )
  const [calm] = comparisons([base, made(3, { slower: 1 })])
  assert.doesNotMatch(machineText({ ...(calm ?? assert.fail()), pace: 1.04 }), /slower|faster/)
})

test('what is dearer beside the control is seen at each rate, by metric and condition', () => {
  const ratios = compareRuns(made(1), made(2, { slower: 1.43, times: { 'jwt-hs256': 2 } }))
  for (const perSec of [...RATES, null]) {
    const found = find(ratios, 'cpu', 'jwt-hs256', perSec)
    assert.ok(
      found?.detected && found.ratio && found.ratio.value > 1.3,
      `${perSec}: ${JSON.stringify(found)}`,
    )
    assert.equal(find(ratios, 'cpu', 'session-redis', perSec)?.detected, false, `${perSec}`)
  }
  const condition = conditionOf('cpu>10%') ?? assert.fail()
  assert.match(failures(ratios, [condition]).join('\n'), /cpu of jwt-hs256 at 300\/s changed by \d+ %/)
  const titles = ratioTables(ratios).map(({ title }) => title)
  assert.ok(titles.some((title) => title.startsWith('Auth tax at 300/s with 300 µs of work, CPU')))
})

const PAIRS = 60
const alarms = (runs: number) => {
  let seen = 0
  for (let seed = 1; seed <= PAIRS; seed++) {
    const [base, other, ...others] = days(2 + runs, seed, 0.15)
    assert.ok(base && other)
    const known = knownOf(base, [base, other, ...others], [base.run.id, other.run.id])
    if (compareRuns(base, other, known).some(({ detected }) => detected)) seen++
  }
  return seen / PAIRS
}

test('days that differ at random: of pairs of equal runs at most one in twenty raises an alarm once six others are known', () => {
  const known = alarms(6)
  assert.ok(known <= 0.05, `${known}`)
  const alone = alarms(0)
  assert.ok(alone > 0.3, `${alone} by the intervals of the runs alone`)
})

test('the fewer days are known, the more is said of it', () => {
  const [base, other, ...others] = days(6, 9, 0.1)
  assert.ok(base && other)
  const text = (besides: readonly RunWithRows[]) =>
    machineText(comparisons([base, other], besides)[0] ?? assert.fail())
  assert.match(text([]), /not widened: fewer than 3 runs of this machine, hours apart, are known/)
  assert.match(text(others), /widened by what 4 other runs of this machine from 4 occasions differ by/)
  // The two themselves do not tell what they differ by, nor do runs of one hour.
  assert.match(text([base, other]), /not widened/)
  const [first] = others
  const hour = others.map((one) => {
    return { ...one, run: { ...one.run, startedAt: first?.run.startedAt ?? assert.fail() } }
  })
  assert.match(text(hour), /not widened/)
  const elsewhere = others.map((one) => {
    return { ...one, run: { ...one.run, environment: { ...one.run.environment, cpuModel: 'Another' } } }
  })
  assert.match(text(elsewhere), /not widened/)
})

test('what is known widens, and comes near what was put in', () => {
  const [base, ...others] = days(40, 5, 0.2)
  assert.ok(base)
  const known = knownOf(base, others)
  assert.equal(whyNotWidened(known), null)
  const { variance = 0 } = known.of.get('cpu') ?? {}
  // At saturation, of totals; handler work has no part in them.
  assert.ok(Math.sqrt(variance) > 0.1 && Math.sqrt(variance) < 0.3, `${Math.sqrt(variance)}`)
  const other = made(77)
  const [alone, wide] = [compareRuns(base, other), compareRuns(base, other, known)]
  for (const [i, one] of wide.entries()) {
    const narrow = alone[i]?.ratio
    if (!one.ratio || !narrow || one.p === null) continue
    assert.ok(one.ratio.hi / one.ratio.lo >= narrow.hi / narrow.lo, `${one.metric} ${one.scheme}`)
  }
})
