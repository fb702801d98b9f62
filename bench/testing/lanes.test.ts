/** What fails beside others counts by what it does alone, and is told; what fails alone too is a failure. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const LANES = new URL('./lanes.ts', import.meta.url).href

test('a file that fails once is asked again and told of; one that fails always stays failed', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'authscale-lanes-'))
  t.after(() => rm(folder, { recursive: true }))
  const file = async (name: string, body: string) => {
    const whole = path.join(folder, `${name}.test.mjs`)
    await writeFile(whole, `import { test } from 'node:test'\nimport fs from 'node:fs'\n${body}`)
    return whole
  }
  const mark = JSON.stringify(path.join(folder, 'mark'))
  const files = [
    await file(
      'once',
      `test('once', () => { if (!fs.existsSync(${mark})) { fs.writeFileSync(${mark}, ''); throw new Error('full') } })`,
    ),
    await file('always', `test('always', () => { throw new Error('wrong') })`),
    await file('never', `test('never', () => {})`),
  ]
  const script = `
    const { inGroups } = await import(${JSON.stringify(LANES)})
    for await (const { file, failures, events } of inGroups([{ files: ${JSON.stringify(files)}, lanes: 2 }]))
      console.log(JSON.stringify([file, failures, events.map(({ data }) => data.message ?? '').filter((m) => m.startsWith('in company'))]))`
  // A runner within a test would run nothing.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const main = path.join(folder, 'main.mjs')
  await writeFile(main, script)
  const args = ['--import', import.meta.resolve('tsx'), main]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env })
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as [string, string[], string[]])
  const seen = new Map(rows.map(([name, ...rest]) => [path.basename(name, '.test.mjs'), rest]))
  assert.equal(rows.length, 3)
  assert.deepEqual(seen.get('never'), [[], []])
  const [onceFailures, onceTold] = seen.get('once') ?? assert.fail()
  assert.deepEqual(onceFailures, [])
  assert.match(onceTold?.join() ?? '', /^in company: .*once\.test\.mjs: once: Error: full$/)
  const [alwaysFailures, alwaysTold] = seen.get('always') ?? assert.fail()
  assert.match(alwaysFailures?.join() ?? '', /^always: Error: wrong$/)
  assert.equal(alwaysTold?.length, 1)
})
