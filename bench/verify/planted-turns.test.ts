/** What the proof of turns concludes from made-up turns: of an instrument that is right, of broken ones, and amid noise. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrialResult } from '../record/types.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { type TurnsOptions, withTurns } from '../testing/synthetic-turns.ts'
import { findingOf, type Planted, STEEP, TENTH, widest } from './planted-turns.ts'

const CONTROL_US = 250
const HANDLER_US = 200
const planted: Planted[] = [
  { perSec: 200, tenthUs: 45, steepUs: 0 },
  { perSec: 500, tenthUs: 45, steepUs: 0 },
  { perSec: 1_000, tenthUs: 45, steepUs: 135 },
]

interface Made extends TurnsOptions {
  blocks?: number
  /** What the arms really take beyond the control, µs. */
  tenth?(perSec: number): number
  steep?(perSec: number): number
  twin?(perSec: number): number
  planted?: readonly Planted[]
}

const amount = (key: 'tenthUs' | 'steepUs', all: readonly Planted[]) => (perSec: number) =>
  all.find((one) => one.perSec === perSec)?.[key] ?? 0

/** Turns of the four arms; two schemes that have figures lend theirs to the planted ones. */
function made({ blocks = 2, planted: all = planted, ...asked }: Made = {}): TrialResult[] {
  const { tenth = amount('tenthUs', all), steep = amount('steepUs', all), twin = () => 0, ...options } = asked
  const [first, second] = ['session-redis', 'jwt-es256']
  const run = syntheticRun({ experiments: ['cost'], blocks, schemes: ['none', first, second] })
  const added = (scheme: string, isTwin: boolean) =>
    scheme === first ? tenth : scheme === second ? steep : isTwin ? twin : () => 0
  const results = withTurns(
    run.results,
    (scheme, { perSec }, isTwin) => CONTROL_US + added(scheme, isTwin)(perSec ?? 0),
    {
      ...{ passes: 6, hostSd: 0.1, habit: 0.01, handlerUs: [HANDLER_US] },
      ...{ ratesPerSec: all.map(({ perSec }) => perSec), ...options },
    },
  )
  const nameOf = (scheme: string) => (scheme === first ? TENTH : scheme === second ? STEEP : scheme)
  return results.map((result): TrialResult => {
    const { trial } = result
    return { ...result, trial: { ...trial, arm: { ...trial.arm, scheme: nameOf(trial.arm.scheme) } } }
  })
}

const found = (options: Made = {}) => findingOf(made(options), options.planted ?? planted)
const quiet = { hostSd: 0.02, habit: 0.003, passes: 8, blocks: 3 }

test('what was planted is found as it was planted, and the proof passes', () => {
  const { passed, measured, expected, figures } = found()
  assert.equal(passed, true, measured)
  assert.match(
    expected,
    /^(10|9\.\d) %, (10|9\.\d) %, (10|9\.\d) % found at 200, 500, 1000\/s;.*a swap at 630\/s$/,
  )
  assert.ok((figures.tenthShareLoAt500 ?? 0) > 0 && (figures.tenthShareHiAt500 ?? 1) < 0.2, measured)
})

test('it fails where no cost was planted after all, and where more was', () => {
  const none = found({ ...quiet, tenth: () => 0 })
  assert.equal(none.passed, false, none.measured)
  assert.match(none.measured, /at \d+\/s it is not the (10|9\.\d) %/)
  assert.equal(found({ ...quiet, tenth: () => 90 }).passed, false)
})

test('it fails where equal arms are told apart', () => {
  const { passed, measured } = found({ ...quiet, twin: () => 40 })
  assert.equal(passed, false, measured)
  assert.match(measured, /equal arms are told apart at \d+\/s/)
})

test('it fails for a swap at another rate, and for one the other way round', () => {
  const elsewhere = found({ ...quiet, steep: (perSec) => (perSec > 200 ? 135 : 0) })
  assert.equal(elsewhere.passed, false, elsewhere.measured)
  assert.match(elsewhere.measured, /a swap is found elsewhere/)
  const turned = found({ ...quiet, steep: (perSec) => (perSec > 500 ? 0 : 135) })
  assert.match(turned.measured, /the other way round/)
})

test('it fails where two arms differ on both sides of a swap and none is named', () => {
  const steep = (perSec: number) => (perSec === 200 || perSec === 1_000 ? 135 : 0)
  const four = [{ perSec: 100, tenthUs: 45, steepUs: 0 }, ...planted]
  const { passed, measured } = found({ ...quiet, planted: four, steep })
  assert.equal(passed, false, measured)
  assert.match(measured, /no swap, although the two differ/)
})

test('amid noise nothing is decided, and it says how wide the interval was', () => {
  const { passed, measured } = found({ hostSd: 0.5, passes: 3 })
  assert.equal(passed, null, measured)
  assert.match(measured, /too noisy here: ±\d+ %/)
  assert.equal(widest(made({ passes: 1 }), planted), Number.POSITIVE_INFINITY)
  assert.ok(widest(made(), planted) < 0.1)
})

test('a rate at which there are no turns is named', () => {
  const { passed, measured } = findingOf(made(), [{ perSec: 100, tenthUs: 45, steepUs: 0 }, ...planted])
  assert.equal(passed, null, measured)
  assert.match(measured, /too few turns at 100\/s/)
})

test('an instrument that is right hardly ever fails, and one without the tenth never passes', () => {
  const seeds = Array.from({ length: 20 }, (_, i) => i + 1)
  const verdicts = (options: Made) => seeds.map((seed) => found({ ...options, seed }).passed)
  for (const hostSd of [0.05, 0.2]) {
    const failed = verdicts({ hostSd }).filter((passed) => passed === false)
    assert.ok(failed.length <= 1, `${failed.length} of 20 failed`)
    assert.ok(!verdicts({ hostSd, tenth: () => 0 }).includes(true))
  }
})
