/** Figures of the documents come from runs, and only they change; what the documents show and lead to is there. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { schemeNames } from '../../../servers/scheme.ts'
import { experiments } from '../../experiments/index.ts'
import { predict } from '../../experiments/replicas/predictions.ts'
import { anchorOf } from '../../page/site.ts'
import { summarize } from '../../report/summarize.ts'
import { gates } from '../../run/gates.ts'
import { syntheticRun } from '../../testing/synthetic-run.ts'
import { syntheticScale } from '../../testing/synthetic-scale.ts'
import { proofs } from '../../verify/proofs/index.ts'
import { EXIT_CODES } from '../exit.ts'
import { DOCUMENTS, updateFindings, updateFront } from './documents.ts'

const { run, results } = syntheticRun({ experiments: ['cost'] })
const summary = summarize(run, results)
const front = '# authscale\n\n<!-- figures:start -->\nold: 123\n<!-- figures:end -->\n\nrest $& $1\n'
const findings = front.replaceAll('figures', 'findings')
const main = { runDir: 'results/published/x', run, summary }

test('the front page has the picture and the claims in short, the findings charts and verdicts; all else stays', () => {
  const [short, long] = [updateFront(front, main), updateFindings(findings, main)]
  for (const text of [short, long]) {
    assert.ok(text.startsWith('# authscale\n\n<!-- fi'))
    assert.ok(text.endsWith(':end -->\n\nrest $& $1\n'))
    assert.doesNotMatch(text, /old: 123/)
  }
  assert.match(short, /<a href="results\/index\.html"><img src="results\/page\.png"/)
  assert.match(
    short,
    /Of \d+ claims .* fixed beforehand: .*\d+ not measured, over 1 run of .*\(docs\/findings\.md#claims\)\./,
  )
  assert.match(long, /!\[[^\]]+\]\(\.\.\/results\/published\/x\/charts\/cpu\.svg\)/)
  assert.doesNotMatch(long, /capacity\.svg/, 'no chart that the run does not have')
  assert.match(long, /Medians of 5 blocks.*Example CPU, 2 cores/)
  assert.match(
    long,
    /\| \*\*\w+\*\* \| \w+: \[2026-01-02[^\]]*\]\(\.\.\/results\/published\/x\/report\.md#claims\) \|/,
  )
})

test('what the run does not decide is taken from the others, and leads to the run that decides it', async () => {
  const scale = await syntheticScale({ blocks: 3 })
  const predictions = predict(scale.run, scale.before, '2026-01-02T03:04:05.000Z')
  const known = { ...scale.run, profile: 'full' as const, predictions }
  const other = { runDir: 'results/published/y', run: known, summary: summarize(known, scale.results) }
  const both = updateFindings(findings, main, [other])
  assert.match(both, /\]\(\.\.\/results\/published\/y\/report\.md#claims\)/)
  assert.match(
    both,
    /predicted 27 fleets.*Of 10 it said something else.*off by 0 % in the median and by 0 % at most.*published\/y\/report\.md#replicas/,
  )
  const older = {
    ...other,
    runDir: 'results/published/z',
    run: { ...known, id: '2020-01-01-example', startedAt: '2020-01-01T00:00:00.000Z' },
  }
  const three = updateFindings(findings, main, [older, other])
  assert.equal(three, updateFindings(findings, main, [other, older]))
  const environment = { ...run.environment, cpuModel: 'Other CPU' }
  const elsewhere = { ...older, run: { ...older.run, environment } }
  assert.equal(
    updateFindings(findings, main, [elsewhere, other]),
    both,
    'another machine says nothing of this one',
  )
  assert.match(three, /over 3 published runs.*predicted 27 fleets.*published\/y\/report\.md#replicas/s)
  const open = (text: string) => Number(/; not measured: (\d+)/.exec(text)?.[1] ?? 0)
  assert.ok(open(both) < open(updateFindings(findings, main)))
  assert.doesNotMatch(updateFindings(findings, main), /demand law/)
})

test('running it twice changes nothing more', () => {
  assert.equal(updateFront(updateFront(front, main), main), updateFront(front, main))
  assert.equal(updateFindings(updateFindings(findings, main), main), updateFindings(findings, main))
})

test('a document without its marks is refused, and so is a run too short to be published', () => {
  assert.throws(() => updateFront('# authscale\n', main), { code: 'BAD_README' })
  assert.throws(() => updateFront('<!-- figures:end --><!-- figures:start -->', main), { code: 'BAD_README' })
  for (const profile of ['smoke', 'calibration'] as const) {
    const { run, results } = syntheticRun({ profile, blocks: 1, experiments: ['cost'] })
    assert.throws(() => updateFront(front, { runDir: 'x', run, summary: summarize(run, results) }), {
      code: 'SHORT_RUN',
      message: new RegExp(profile),
    })
  }
})

const root = path.resolve(import.meta.dirname, '../../..')
const PAGES = [
  'README.md',
  'results/README.md',
  ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`),
]
const texts = new Map(PAGES.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]))

test('every command and option that a page shows exists', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  const cli = readFileSync(path.join(root, 'bench/cli.ts'), 'utf8')
  // Of other programs, which pages name.
  const others = new Set([
    'build',
    'scale',
    'rm',
    'help',
    'version',
    'vm',
    'trace-deopt',
    'no-memory-reducer',
  ])
  for (const [file, text] of texts) {
    for (const [, script = ''] of text.matchAll(/npm run (?:-s )?([a-z:-]+)/g))
      assert.ok(scripts[script], `${script} in ${file}`)
    const options = [...text.matchAll(/(?<![\w<-])--([a-z][a-z0-9-]*)/g)].map(([, name]) => name)
    for (const name of options.filter((name) => name && !others.has(name)))
      assert.ok(new RegExp(`'--${name}[ ']`).test(cli), `--${name} in ${file}`)
  }
})

test('every page is two clicks from the front page at most, links back, and each link leads somewhere', () => {
  const front = texts.get(DOCUMENTS.front) ?? ''
  for (const [file, text] of texts) {
    const folder = path.dirname(file)
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue
      const [place = '', anchor] = target.split('#')
      const lies = place === '' ? file : path.posix.normalize(path.posix.join(folder, place))
      assert.ok(existsSync(path.join(root, lies)), `${file} leads to ${target}`)
      const headings = texts.get(lies)?.matchAll(/^#+ (.+)$/gm)
      if (anchor && headings)
        assert.ok(
          [...headings].some(([, heading = '']) => anchorOf(heading) === anchor),
          `${file} leads to ${target}`,
        )
    }
    if (!file.startsWith('docs/')) continue
    assert.ok(front.includes(`](${file})`), `${file} is linked from the front page`)
    assert.match(text, /^# .+\n\n\[Back to the front page\]\(\.\.\/README\.md\)\n/, file)
  }
})

test('the page on options has every exit code, in the words of the help', () => {
  for (const [code, meaning] of EXIT_CODES)
    assert.ok(texts.get('docs/options.md')?.includes(`| ${code} | ${meaning} |`), code)
})

test('the page on what is compared names every scheme and every experiment', () => {
  const text = texts.get('docs/schemes.md') ?? ''
  for (const name of [...schemeNames, ...experiments.map((experiment) => experiment.name)])
    assert.ok(text.includes(`\`${name}\``), name)
})

test('the pages on method and results explain every gate and point at every proof', () => {
  const text = ['docs/method.md', 'results/README.md'].map((file) => texts.get(file)).join('\n')
  for (const { id } of gates()) assert.ok(text.includes(`\`${id}\``), id)
  for (const { id } of proofs) assert.ok(text.includes(`\`${id}\``), id)
})
