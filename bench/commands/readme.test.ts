/** The README's figures come from a run, and only they change. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { schemeNames } from '../../servers/scheme.ts'
import { experiments } from '../experiments/index.ts'
import { predict } from '../experiments/replicas/predictions.ts'
import { summarize } from '../report/summarize.ts'
import { gates } from '../run/gates.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { syntheticScale } from '../testing/synthetic-scale.ts'
import { proofs } from '../verify/proofs/index.ts'
import { updateReadme } from './readme.ts'

const { run, results } = syntheticRun({ experiments: ['cost'] })
const summary = summarize(run, results)
const readme = '# authscale\n\n<!-- figures:start -->\nold: 123\n<!-- figures:end -->\n\nrest $& $1\n'
const update = (text: string) => updateReadme(text, { runDir: 'results/published/x', run, summary })

test('replaces what is between the marks by the picture of the page, charts and verdicts, and nothing else', () => {
  const updated = update(readme)
  assert.ok(updated.startsWith('# authscale\n\n<!-- figures:start -->\n[![The first screen'))
  assert.ok(updated.endsWith('\n<!-- figures:end -->\n\nrest $& $1\n'))
  assert.doesNotMatch(updated, /old: 123/)
  assert.match(updated, /\(results\/page\.png\)\]\(results\/index\.html\)/)
  assert.match(updated, /!\[[^\]]+\]\(results\/published\/x\/charts\/cpu\.svg\)/)
  assert.doesNotMatch(updated, /capacity\.svg/, 'no chart that the run does not have')
  assert.match(updated, /Medians of 5 blocks.*Example CPU, 2 cores/)
  assert.match(
    updated,
    /\| \*\*\w+\*\* \| \w+: \[2026-01-02[^\]]*\]\(results\/published\/x\/report\.md#claims\) \|/,
  )
})

test('what the run does not decide is taken from the others, and leads to the run that decides it', async () => {
  const scale = await syntheticScale({ blocks: 3 })
  const predictions = predict(scale.run, scale.before, '2026-01-02T03:04:05.000Z')
  const known = { ...scale.run, profile: 'full' as const, predictions }
  const other = { runDir: 'results/published/y', run: known, summary: summarize(known, scale.results) }
  const updated = updateReadme(readme, { runDir: 'results/published/x', run, summary }, [other])
  assert.match(updated, /\]\(results\/published\/y\/report\.md#claims\)/)
  assert.match(
    updated,
    /predicted 27 fleets.*Of 10 it said something else.*off by 0 % in the median and by 0 % at most.*published\/y\/report\.md#replicas/,
  )
  const older = {
    ...other,
    runDir: 'results/published/z',
    run: { ...known, id: '2020-01-01-example', startedAt: '2020-01-01T00:00:00.000Z' },
  }
  const both = updateReadme(readme, { runDir: 'results/published/x', run, summary }, [older, other])
  assert.equal(both, updateReadme(readme, { runDir: 'results/published/x', run, summary }, [other, older]))
  const environment = { ...run.environment, cpuModel: 'Other CPU' }
  const elsewhere = { ...older, run: { ...older.run, environment } }
  const withElsewhere = updateReadme(readme, { runDir: 'results/published/x', run, summary }, [
    elsewhere,
    other,
  ])
  assert.equal(withElsewhere, updated, 'another machine says nothing of this one')
  assert.match(both, /over 3 published runs.*predicted 27 fleets.*published\/y\/report\.md#replicas/s)
  const open = (text: string) => Number(/; not measured: (\d+)/.exec(text)?.[1] ?? 0)
  assert.ok(open(updated) < open(update(readme)))
  assert.doesNotMatch(update(readme), /demand law/)
})

test('running it twice changes nothing more', () => {
  assert.equal(update(update(readme)), update(readme))
})

test('a README without its marks is refused, and so is a run too short to be published', () => {
  assert.throws(() => update('# authscale\n'), { code: 'BAD_README' })
  assert.throws(() => update('<!-- figures:end --><!-- figures:start -->'), { code: 'BAD_README' })
  for (const profile of ['smoke', 'calibration'] as const) {
    const { run, results } = syntheticRun({ profile, blocks: 1, experiments: ['cost'] })
    assert.throws(() => updateReadme(readme, { runDir: 'x', run, summary: summarize(run, results) }), {
      code: 'SHORT_RUN',
      message: new RegExp(profile),
    })
  }
})

const root = path.resolve(import.meta.dirname, '../..')
const committed = readFileSync(path.join(root, 'README.md'), 'utf8')

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
