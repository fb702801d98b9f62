/** Demand: a line that holds gives D and U0, one that does not gives neither, and CPU a request at each rate instead. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rung, TrialResult } from '../../record/types.ts'
import { summarize } from '../../report/summarize.ts'
import { syntheticLadders } from '../../testing/synthetic-ladders.ts'
import { withTurns } from '../../testing/synthetic-turns.ts'
import { demandSection } from './section.ts'

const SCHEMES = ['session-memory', 'jwt-hs256']

/** Busy cores of a replica of jwt-hs256 grow with the root of the rate: at 500/s a request takes 0.1 ÷ 500 of a core. */
function bent(result: TrialResult): TrialResult {
  if (!result.ok || result.trial.arm.scheme !== 'jwt-hs256') return result
  const rungs = result.rungs.map((rung): Rung => {
    const { measurement } = rung
    const replicas = 0.1 * Math.sqrt(measurement.throughputPerSec / 500)
    return {
      ...rung,
      measurement: { ...measurement, utilization: { ...measurement.utilization, replicas } },
    }
  })
  return { ...result, rungs }
}

function demandText(handlerUs: number[] | null = null): string {
  const closed = { schemes: ['none', ...SCHEMES], experiments: ['cost'] }
  const ladder = { schemes: SCHEMES, noise: 0, ratesPerSec: [125, 2_000, 8_000], change: bent }
  const { run, results } = syntheticLadders({ ...ladder, closed }, false)
  const costUs = () => 345
  const turns = { ratesPerSec: [100, 500], hostSd: 0, habit: 0, passes: 8 }
  const summary = summarize(run, handlerUs ? withTurns(results, costUs, { ...turns, handlerUs }) : results)
  return demandSection(summary, summary.costCurves.curves)?.parts.join('\n') ?? ''
}

const rowsOf = (text: string, scheme: string) =>
  text.split('\n').filter((row) => row.startsWith(`| ${scheme} |`))

test('a scheme on a line keeps D and U0; one on none has neither, and CPU at the rates of its ladder', () => {
  const text = demandText()
  const [straight, ...others] = rowsOf(text, 'session-memory')
  assert.match(straight ?? '', /^\| session-memory \| \d[\d.]+ .*\| 2 % .*\|/)
  assert.deepEqual(others, [])
  const [gone, instead] = rowsOf(text, 'jwt-hs256')
  assert.match(gone ?? '', /^\| jwt-hs256 \| no line \| no line \|/)
  // 0.1 × √(X ÷ 500) ÷ X: 400, 100 and 50 µs.
  assert.match(text, /\| scheme \| tier \| 125\/s \| 2,000\/s \| 8,000\/s \| a line is off by \|/)
  assert.match(instead ?? '', /^\| jwt-hs256 \| replica \| 400 \| 100 \| 50\.0 \| \d\d %/)
  assert.match(text, /busy cores ÷ replies on the ladder/)
})

test('where the run took turns, they say what a request takes', () => {
  const text = demandText([0, 500])
  const [, instead] = rowsOf(text, 'jwt-hs256')
  assert.match(text, /\| scheme \| tier \| 100\/s \| 500\/s \| a line is off by \|/)
  assert.match(instead ?? '', /^\| jwt-hs256 \| replica \| 3[345]\d \| 3[345]\d \|/)
  assert.match(text, /from turns without handler work/)
  assert.match(demandText([500]), /busy cores ÷ replies on the ladder/)
})

test('without a ladder there is no section', () => {
  const { run, results } = syntheticLadders({ schemes: SCHEMES })
  const summary = summarize(run, results)
  assert.equal(demandSection({ ...summary, demand: [] }, []), null)
})
