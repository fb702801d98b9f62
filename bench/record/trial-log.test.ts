/** The log keeps whole lines only: through crashes, cut lines and disks that are really full. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFile, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { NO_DEV_FULL, ownDisk } from '../testing/needs.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { appendLine, DAMAGED_FILE, openTrialLog, TRIALS_FILE } from './trial-log.ts'

const { results } = syntheticRun({ experiments: ['cost'], blocks: 1 })
const [first, second] = [results[0], results[1]]
assert.ok(first && second)

let root: string
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'authscale-log-'))
})
after(() => rm(root, { recursive: true }))

const newDir = () => mkdtemp(join(root, 'run-'))
const content = (dir: string, file = TRIALS_FILE) => readFile(join(dir, file), 'utf8')

test('a line is in the file as soon as append resolves, and comes back on resume', async () => {
  const dir = await newDir()
  const log = await openTrialLog(dir)
  await log.append(first)
  assert.equal(await content(dir), `${JSON.stringify(first)}\n`)
  await log.append(second)
  await log.close()
  const resumed = await openTrialLog(dir)
  assert.deepEqual(resumed.results, [first, second])
  assert.equal(resumed.damage, null)
  await resumed.close()
})

test('wherever a crash cuts the last line, resume puts the rest aside and the log goes on whole', async () => {
  const line = `${JSON.stringify(second)}\n`
  for (const kept of [1, 40, line.length - 2]) {
    const dir = await newDir()
    await writeFile(join(dir, TRIALS_FILE), `${JSON.stringify(first)}\n${line.slice(0, kept)}`)
    const log = await openTrialLog(dir)
    assert.deepEqual(log.results, [first])
    assert.match(log.damage ?? '', /cut short/)
    assert.equal(await content(dir, DAMAGED_FILE), `${line.slice(0, kept)}\n`)
    await log.append(second)
    await log.close()
    assert.equal(await content(dir), `${JSON.stringify(first)}\n${line}`)
  }
})

test('a tail cut inside a character, or of zero bytes as after a power loss, is put aside byte for byte', async () => {
  for (const tail of [Buffer.from('{"a":"µ').subarray(0, 7), Buffer.alloc(64)]) {
    const dir = await newDir()
    await writeFile(join(dir, TRIALS_FILE), `${JSON.stringify(first)}\n`)
    await appendFile(join(dir, TRIALS_FILE), tail)
    const log = await openTrialLog(dir)
    await log.close()
    assert.deepEqual(log.results, [first])
    assert.deepEqual((await readFile(join(dir, DAMAGED_FILE))).subarray(0, tail.length), tail)
    assert.equal(await content(dir), `${JSON.stringify(first)}\n`)
  }
})

test('a whole last record that lacks only its newline is kept', async () => {
  const dir = await newDir()
  await writeFile(join(dir, TRIALS_FILE), JSON.stringify(first))
  const log = await openTrialLog(dir)
  await log.append(second)
  await log.close()
  assert.equal(await content(dir), `${JSON.stringify(first)}\n${JSON.stringify(second)}\n`)
})

test('a device that is always full: NO_SPACE, also where nothing can be cut off again', async (t) => {
  const full = await open('/dev/full', 'a').catch(() => null)
  if (!full) return t.skip(NO_DEV_FULL)
  try {
    await assert.rejects(appendLine(full, 'x\n'), {
      code: 'NO_SPACE',
      message: /free some.*--resume.*is kept/,
    })
  } finally {
    await full.close()
  }
})

test('a disk that fills up in the middle of a line keeps every line before it and no part of that one', {
  skip: ownDisk,
}, async () => {
  const dir = await newDir()
  const script = fileURLToPath(new URL('../testing/full-disk.ts', import.meta.url))
  const command = 'mount -t tmpfs -o size=64k tmpfs "$1" && exec "$2" --import tsx "$3" "$1"'
  const output = execFileSync('unshare', ['-Urm', 'sh', '-c', command, 'sh', dir, process.execPath, script], {
    encoding: 'utf8',
  })
  const seen = JSON.parse(output)
  assert.equal(seen.append.code, 'NO_SPACE')
  assert.match(seen.append.message, /free some, then go on with --resume; every trial before is kept/)
  assert.ok(seen.appended > 5)
  assert.equal(seen.linesInFile, seen.appended)
  assert.equal(seen.endsWithNewline, true)
  assert.equal(seen.resumed, seen.appended)
  assert.equal(seen.damage, null)
  assert.equal(seen.replace.code, 'NO_SPACE')
  assert.equal(seen.runUnchanged, true)
  assert.deepEqual(seen.files, ['run.json', 'trials.jsonl'])
})
