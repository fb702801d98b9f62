/** The README's figures come from a run, and only they change. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { schemeNames } from '../servers/scheme.ts'
import { experiments } from './experiments/index.ts'
import { gates } from './gates.ts'
import { updateLoadCheck, updateReadme, updateVerify } from './readme.ts'
import { renderReport } from './report/index.ts'
import { predict } from './report/predictions.ts'
import { summarize } from './report/summarize.ts'
import { syntheticRun } from './report/synthetic-run.ts'
import { syntheticScale } from './report/synthetic-scale.ts'
import { readLoadCheck, readRun, readVerify } from './store/run-dir.ts'
import { proofs } from './verify/proofs.ts'

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

test('a run that held fleets out shows their chart and how well they were foretold; one with verdicts its claims', async () => {
  const scale = await syntheticScale({ blocks: 3 })
  const predictions = predict(scale.run, scale.before, '2026-01-02T03:04:05.000Z')
  const known = { ...scale.run, profile: 'full' as const, predictions }
  const shown = updateReadme(readme, 'results/published/x', known, summarize(known, scale.results))
  assert.match(shown, /!\[[^\]]+\]\(results\/published\/x\/charts\/replicas\.svg\)/)
  assert.match(shown, /foretold 18 fleets.*off by 0 % in the median and by 0 % at most/)
  assert.doesNotMatch(update(readme), /replicas\.svg/)
  assert.match(
    update(readme),
    /this run has a verdict on \d+, \d+ of them inconclusive; \d+ need experiments/,
  )
  assert.match(update(readme), /report\.md#claims/)
})

test('running it twice changes nothing more', () => {
  assert.equal(update(update(readme)), update(readme))
})

test('a README without its marks is refused, and so is a run too short to be published', () => {
  assert.throws(() => update('# authscale\n'), { code: 'BAD_README' })
  assert.throws(() => update('<!-- figures:end --><!-- figures:start -->'), { code: 'BAD_README' })
  for (const profile of ['smoke', 'calibration'] as const) {
    const { run, results } = syntheticRun({ profile, blocks: 1, experiments: ['cost'] })
    assert.throws(() => updateReadme(readme, 'x', run, summarize(run, results)), {
      code: 'SHORT_RUN',
      message: new RegExp(profile),
    })
  }
})

const root = path.resolve(import.meta.dirname, '..')
const committed = readFileSync(path.join(root, 'README.md'), 'utf8')

test('the committed README shows the figures of the published run that it links to', async () => {
  const folder = /\]\((results\/published\/[^/)]+)\/report\.md\)/.exec(committed)?.[1]
  assert.ok(folder, 'a published run is linked')
  const stored = await readRun(path.join(root, folder))
  const derived = summarize(stored.run, stored.results)
  const shown = updateReadme(committed, folder, stored.run, derived)
  const checks = /beside \[this run\]\((results\/published\/[^/)]+)\/report\.md\)/.exec(committed)?.[1]
  assert.ok(checks, 'the run beside which the instrument was checked is linked')
  const checked = updateLoadCheck(shown, await readLoadCheck(path.join(root, checks)))
  assert.equal(updateVerify(checked, checks, await readVerify(path.join(root, checks))), committed)
})

test('published runs are complete, no smoke runs, and their derived files are in step with their records', async () => {
  const published = path.join(root, 'results/published')
  for (const name of readdirSync(published)) {
    const folder = path.join(published, name)
    if (!statSync(folder).isDirectory()) continue
    const stored = await readRun(folder)
    assert.notEqual(stored.run.profile, 'smoke')
    assert.notEqual(stored.run.finishedAt, null)
    const summary = summarize(stored.run, stored.results)
    assert.equal(summary.trials.ok, summary.trials.planned, name)
    for (const [file, content] of Object.entries(renderReport(stored.run, summary))) {
      assert.equal(readFileSync(path.join(folder, file), 'utf8'), content, `${name}/${file}`)
    }
  }
})

test('every command and option that the README shows exists', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  for (const [, script = ''] of committed.matchAll(/npm run ([a-z:-]+)/g)) assert.ok(scripts[script], script)
  const cli = readFileSync(path.join(root, 'bench/cli.ts'), 'utf8')
  const options = [...committed.matchAll(/(?<![\w-])--([a-z][a-z0-9-]*)/g)].map(([, name]) => name)
  const others = new Set(['build', 'scale', 'rm', 'help'])
  for (const name of options.filter((name) => name && !others.has(name))) {
    assert.ok(new RegExp(`'--${name}[ ']`).test(cli), `--${name}`)
  }
})

test('the README names every scheme and every experiment', () => {
  for (const name of [...schemeNames, ...experiments.map((experiment) => experiment.name)]) {
    assert.ok(committed.includes(`\`${name}\``), name)
  }
})

test('the page on method explains every gate and points at every proof', () => {
  const method = readFileSync(path.join(root, 'results/README.md'), 'utf8')
  for (const { id } of gates()) assert.ok(method.includes(`\`${id}\``), id)
  for (const { id } of proofs) assert.ok(method.includes(`\`${id}\``), id)
})
