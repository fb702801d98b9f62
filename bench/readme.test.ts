/** The README's figures come from a run, and only they change. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { updateReadme } from './readme.ts'
import { summarize } from './report/summarize.ts'
import { syntheticRun } from './report/synthetic-run.ts'

const { run, results } = syntheticRun({ experiments: ['cost'] })
const summary = summarize(run, results)
const readme = '# authscale\n\n<!-- figures:start -->\nold: 123\n<!-- figures:end -->\n\nrest $& $1\n'
const update = (text: string) => updateReadme(text, 'results/published/x', run, summary)

test('replaces what is between the marks by one chart and one table, and nothing else', () => {
  const updated = update(readme)
  assert.ok(updated.startsWith('# authscale\n\n<!-- figures:start -->\n![CPU of a request'))
  assert.ok(updated.endsWith('\n<!-- figures:end -->\n\nrest $& $1\n'))
  assert.doesNotMatch(updated, /old: 123/)
  assert.match(updated, /\(results\/published\/x\/charts\/cpu\.svg\)/)
  assert.match(updated, /\| jwt-hs256 \| [\d,]+ \(/)
  assert.match(updated, /Medians of 5 blocks.*Example CPU, 2 cores/)
})

test('running it twice changes nothing more', () => {
  assert.equal(update(update(readme)), update(readme))
})

test('a README without its marks and a smoke run are refused', () => {
  assert.throws(() => update('# authscale\n'), { code: 'BAD_README' })
  assert.throws(() => update('<!-- figures:end --><!-- figures:start -->'), { code: 'BAD_README' })
  const smoke = syntheticRun({ profile: 'smoke', blocks: 1, experiments: ['cost'] })
  assert.throws(() => updateReadme(readme, 'x', smoke.run, summarize(smoke.run, smoke.results)), {
    code: 'SMOKE_RUN',
  })
})
