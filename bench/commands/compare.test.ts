/** `compare`, `publish-run` and `--json` as a user meets them: real processes, their output and their exit codes. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import type { Run } from '../record/types.ts'
import { assertRefused, run } from '../testing/cli.ts'
import { type SyntheticOptions, syntheticRun } from '../testing/synthetic-run.ts'

const scratch = await mkdtemp(path.join(os.tmpdir(), 'authscale-compare-'))
after(() => rm(scratch, { recursive: true }))

async function stored(
  name: string,
  options: SyntheticOptions = {},
  change = (run: Run) => run,
): Promise<string> {
  const folder = path.join(scratch, name)
  const { run, results } = syntheticRun({ experiments: ['cost', 'users'], ...options })
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, 'run.json'), JSON.stringify(change({ ...run, id: name })))
  await writeFile(
    path.join(folder, 'trials.jsonl'),
    results.map((one) => `${JSON.stringify(one)}\n`).join(''),
  )
  return folder
}

test('two runs: first whether they are comparable, then ratios; exit code 0', async () => {
  const [a, b] = [await stored('a'), await stored('b', { seed: 2, model: { 'jwt-hs256': { cpuUs: 140 } } })]
  const { code, stdout } = await run(['compare', a, b])
  assert.equal(code, 0)
  assert.ok(stdout.indexOf('Comparable') < stdout.indexOf('Auth tax'))
  assert.match(stdout, /jwt-hs256 .* 2\.\d\d \(/)
  const json = JSON.parse((await run(['compare', a, b, '--json'])).stdout)
  assert.equal(json.comparisons[0].comparable, true)
  assert.ok(json.comparisons[0].ratios.length > 20)
  assert.match((await run(['compare', a, b, '--markdown'])).stdout, /^### a → b\n[\s\S]*\| jwt-hs256 \|/)
})

test('--fail-on: 1 when it is seen, 0 when not, and 1 when it cannot be judged', async () => {
  const [a, b] = [await stored('a'), await stored('b', { seed: 2, model: { 'jwt-hs256': { cpuUs: 140 } } })]
  const seen = await run(['compare', a, b, '--fail-on', 'authTax>10%'])
  assert.equal(seen.code, 1)
  assert.match(seen.stderr, /error: b: authTax of jwt-hs256 changed by \d+ %/)
  assert.equal((await run(['compare', a, b, '--fail-on', 'authTax>900%,throughput<-90%'])).code, 0)
  const other = await stored('c', {}, (made) => ({
    ...made,
    environment: { ...made.environment, cpuModel: 'X' },
  }))
  const unjudged = await run(['compare', a, other, '--fail-on', 'authTax>10%'])
  assert.equal(unjudged.code, 1)
  assert.match(unjudged.stderr, /c cannot be judged\. Not comparable .*machine \(CPU\)/)
  assert.match(
    (await run(['compare', a, b, '--fail-on', 'capacity<-5%'])).stderr,
    /cannot be judged by capacity/,
  )
  const short = await stored('short', { blocks: 1, model: { 'jwt-hs256': { cpuUs: 140 } } })
  const tooFew = await run(['compare', short, short, '--fail-on', 'authTax>10%'])
  assert.equal(tooFew.code, 1)
  assert.match(tooFew.stderr, /cannot be judged by authTax/)
})

test('published runs go by their ids; what is no run, or no condition, is refused', async () => {
  const published = (await readdir(path.resolve(import.meta.dirname, '../../results/published'))).slice(0, 2)
  assert.equal((await run(['compare', ...published])).code, 0)
  assertRefused(await run(['compare', 'nowhere', 'nowhere']), /nowhere.*does not exist/)
  assertRefused(await run(['compare', published[0] ?? '']), /name two runs at least/)
  assertRefused(
    await run(['compare', ...published, '--fail-on', 'speed>1%']),
    /authTax>10%/,
    /There are: authTax, cpu/,
  )
})

test('publish-run says everything that stands against a run, and leaves nothing behind', async () => {
  const published = path.resolve(import.meta.dirname, '../../results/published')
  const before = await readdir(published)
  const smoke = await stored('smoke', { profile: 'smoke', blocks: 1 }, (made) => ({
    ...made,
    environment: { ...made.environment, gitDirty: true },
  }))
  assertRefused(
    await run(['publish-run', smoke]),
    /cannot be published/,
    /smoke run is too short/,
    /uncommitted/,
  )
  assert.deepEqual(await readdir(published), before)
})

test('report --json prints the summary alone; the page is there', async () => {
  const folder = await stored('json')
  const { code, stdout } = await run(['report', folder, '--json'])
  assert.equal(code, 0)
  assert.equal(JSON.parse(stdout).runId, 'json')
  assert.ok(existsSync(path.join(folder, 'report.html')))
  assert.deepEqual(JSON.parse(await readFile(path.join(folder, 'summary.json'), 'utf8')), JSON.parse(stdout))
})
