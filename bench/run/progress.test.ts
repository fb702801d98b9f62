/** Time left and one-line outcomes: what a person waits by. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Arrivals, Rung, TrialResult } from '../record/types.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { displayOn, duration, outcome, secondsLeft, soFar } from './progress.ts'

const { run, results } = syntheticRun()
const trial = run.plan[0] as (typeof run.plan)[number]

test('time left scales with how the finished trials compared with their estimates', () => {
  const first = secondsLeft([], [trial], 0)
  assert.ok(first > trial.arm.measureSec)
  const slow = secondsLeft([trial], [trial, trial], 3 * first)
  assert.ok(Math.abs(slow - 6 * first) < 1e-9, 'two to go, each three times as long as estimated')
  assert.equal(secondsLeft([trial], [], 10), 0)
})

test('durations read as a person would say them', () => {
  assert.deepEqual([0.2, 59, 61, 840, 5_400, 9_000].map(duration), [
    '1 s',
    '59 s',
    '1 min',
    '14 min',
    '1.5 h',
    '2.5 h',
  ])
})

const slo = { quantile: 'p99', limitMs: 50, maxErrorShare: 0.001 } as const

test('a finished trial shows what came out, a rejected one why', () => {
  const good = results.find(({ ok }) => ok)
  assert.match(outcome(good as TrialResult, slo), /^[\d,]+ requests\/s, \d+ µs of replica CPU each$/)
  const { schemaVersion, startedAt } = results[0] as TrialResult
  const head = { schemaVersion, trial, startedAt }
  const rejected = { ...head, ok: false as const, reason: 'x', rejectedBy: [], measurement: null, rungs: [] }
  assert.equal(outcome(rejected, slo), 'rejected: x')
})

test('trials that work in shifts are expected to have a window for each shift of theirs', () => {
  const seconds = (replicas: number, measureSec: number) => {
    const arm = { ...trial.arm, replicas, fleet: 8, comparedWith: 'n1', measureSec }
    return secondsLeft([], [{ ...trial, arm }], 0)
  }
  // Eight shifts of one replica, and no fewer than four of all eight.
  assert.ok(Math.abs(seconds(1, 2) - seconds(1, 1) - 8) < 1e-9)
  assert.ok(Math.abs(seconds(8, 2) - seconds(8, 1) - 4) < 1e-9)
})

const ladder = {
  loop: 'open',
  connections: 128,
  spacing: 'poisson',
  firstPerSec: 1_000,
  searchRungs: 3,
} as const

test('a ladder is expected to take its rungs, the named ones or about as many as it finds', () => {
  const seconds = (ratesPerSec: number[] | null) => {
    const load = { ...ladder, ratesPerSec, settleSec: 0.5 }
    return secondsLeft([], [{ ...trial, arm: { ...trial.arm, measureSec: 2, load } }], 0)
  }
  assert.ok(Math.abs(seconds([100, 200, 300]) - seconds([100]) - 5) < 1e-9)
  assert.ok(Math.abs(seconds(null) - seconds([100]) - 27.5) < 1e-9)
})

test('a generation that is bounded in time is expected to take that time for each of its arms', () => {
  const load = {
    ...{
      loop: 'turns' as const,
      connections: 32,
      ratesPerSec: [100],
      handlerUs: [0],
      passes: 1,
      secPerArm: 75,
    },
    ...{ settleSec: 0.05, closed: false, idleSec: 0, mostBusy: 0.7 },
  }
  const trials = [1, 2, 3, 4].map((n) => ({ ...trial, id: `${n}`, arm: { ...trial.arm, load } }))
  const startingSec = secondsLeft([], trials, 0) - 300
  assert.ok(startingSec > 0 && startingSec < 30, String(startingSec))
})

test('a finished ladder shows up to which rate the SLO is kept', () => {
  const good = results.find(({ ok }) => ok)
  assert.ok(good?.ok)
  const rung = (arrivalsPerSec: number, p99Ms: number, purpose: Rung['purpose'], reject = false): Rung => ({
    arrivalsPerSec,
    purpose,
    rejectedBy: reject ? ['generator-lag'] : [],
    measurement: {
      ...good.measurement,
      requests: arrivalsPerSec,
      latencyUs: { ...good.measurement.latencyUs, p99: p99Ms * 1_000 },
      arrivals: arrivals(arrivalsPerSec),
    },
  })
  const shown = (...rungs: Rung[]) => outcome({ ...good, rungs }, slo)
  const kept = [rung(1_000, 5, 'ladder'), rung(2_000, 9, 'ladder')]
  assert.equal(
    shown(...kept, rung(2_200, 90, 'ladder'), rung(2_200, 95, 'confirm')),
    '4 arrival rates, the SLO is kept up to 2,010/s',
  )
  assert.equal(
    shown(...kept, rung(4_000, 9, 'ladder', true)),
    '3 arrival rates, 1 rejected, the SLO is kept up to at least 2,000/s',
  )
  assert.equal(
    shown(rung(1_000, 90, 'ladder'), rung(500, 90, 'ladder')),
    '2 arrival rates, no capacity (slo never met)',
  )
})

function arrivals(scheduled: number): Arrivals {
  const zero = { mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 }
  return {
    perSec: scheduled,
    spacing: 'poisson',
    account: { scheduled, ok: scheduled, error: 0, timeout: 0, lost: 0, inFlight: 0 },
    noticed: scheduled,
    uncorrectedUs: zero,
    lagUs: zero,
    meanInFlight: 1,
    backlogMax: 0,
    reconnects: 0,
    histogram: '',
  }
}

test('what came out so far: the median of each scheme, most first, without the second control, in few lines', () => {
  const text = soFar(results, 'cost', slo)
  assert.match(text, /^so far, requests\/s: none [\d,]+, session-memory [\d,]+, /)
  assert.equal(text.match(/none /g)?.length, 1)
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line)
  assert.equal(soFar([], 'cost', slo), '')
  assert.equal(soFar(results, 'latency', slo), '')
})

/** What is written, as a terminal that is so wide or as a file. */
function written(
  isTTY: boolean,
  act: (display: ReturnType<typeof displayOn>, wait: (ms: number) => void) => void,
) {
  let [text, at] = ['', 0]
  const write = (more: string | Uint8Array) => {
    text += String(more)
    return true
  }
  act(
    displayOn({ isTTY, columns: 20, write }, () => at),
    (ms) => {
      at += ms
    },
  )
  return text
}

test('in a file what goes on is a line a minute at most; what matters stays at once', () => {
  const text = written(false, (display, wait) => {
    for (let i = 0; i < 10; i++) {
      display.show(`${10 * i} s`)
      wait(10_000)
    }
    display.say('rejected')
    display.stand('answer')
  })
  assert.equal(text, '0 s\n60 s\nrejected\nanswer\n')
})

test('on a terminal what goes on is one line, cut to its width, and an answer takes the place of the one before', () => {
  const text = written(true, (display) => {
    display.stand('two\nlines')
    display.show('a line that is far too long')
    display.stand('newer')
    display.say('stays')
    display.stand('below')
  })
  assert.equal(
    text,
    [
      '\r\x1b[Ktwo\nlines\n',
      '\r\x1b[Ka line that is far ',
      '\r\x1b[K\x1b[2A\x1b[Jnewer\n',
      '\r\x1b[Kstays\n',
      '\r\x1b[Kbelow\n',
    ].join(''),
  )
})
