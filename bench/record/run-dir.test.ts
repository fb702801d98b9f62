/** Folders of runs: named by the machine, never overwritten, refused with one clear line when they cannot be read. */
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { AuthscaleError } from '../errors.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { createRunDir, machineSlug, RUN_FILE, readRun, writeRun } from './run-dir.ts'
import { openTrialLog, PACKED_TRIALS_FILE, TRIALS_FILE } from './trial-log.ts'

let results: string
before(async () => {
  results = await mkdtemp(join(tmpdir(), 'authscale-store-'))
})
after(() => rm(results, { recursive: true }))

const synthetic = syntheticRun({ experiments: ['cost'], blocks: 1 })

async function storedRun(): Promise<string> {
  const dir = await createRunDir(results, '2026-01-02T03:04:05.000Z', { cpuModel: 'Test', cores: 2 })
  await writeRun(dir, synthetic.run)
  await writeFile(
    join(dir, TRIALS_FILE),
    synthetic.results.map((result) => `${JSON.stringify(result)}\n`).join(''),
  )
  return dir
}

/** Replaces text in a file of a run and expects reading it to be refused with one line that names the file. */
async function refused(file: string, change: (text: string) => string, code: string, message: RegExp) {
  const dir = await storedRun()
  const path = join(dir, file)
  await writeFile(path, change(await readFile(path, 'utf8')))
  await assert.rejects(readRun(dir), (error) => {
    assert.ok(error instanceof AuthscaleError)
    assert.equal(error.code, code)
    assert.match(error.message, message)
    assert.ok(error.message.includes(path), 'names the file')
    assert.ok(!error.message.includes('\n'), 'one line')
    return true
  })
}

test('machines are named by CPU and cores', () => {
  const slug = (cpuModel: string, cores: number) => machineSlug({ cpuModel, cores })
  assert.equal(slug('AMD EPYC 9B14 96-Core Processor', 2), 'amd-epyc-9b14-2-cores')
  assert.equal(slug('Intel(R) Xeon(R) CPU @ 2.20GHz', 4), 'intel-xeon-4-cores')
  assert.equal(slug('Apple M2 Pro', 1), 'apple-m2-pro-1-core')
  assert.equal(slug('  ', 2), 'unknown-2-cores')
})

test('a second run of the day gets a folder of its own', async () => {
  const make = () =>
    createRunDir(join(results, 'new', 'folder'), '2026-05-06T07:08:09.000Z', { cpuModel: 'A', cores: 8 })
  const dirs = [await make(), await make(), await make()]
  assert.deepEqual(
    dirs.map((dir) => basename(dir)),
    ['2026-05-06-a-8-cores', '2026-05-06-a-8-cores-2', '2026-05-06-a-8-cores-3'],
  )
})

test('what was written is read back, and no temporary file stays', async () => {
  const dir = await storedRun()
  assert.deepEqual(await readRun(dir), { ...synthetic, damage: null })
  assert.deepEqual((await readdir(dir)).sort(), [RUN_FILE, TRIALS_FILE])
})

test('a run whose log was packed for publication reads the same, and is not gone on with before it is unpacked', async () => {
  const dir = await storedRun()
  const [plain, packed] = [join(dir, TRIALS_FILE), join(dir, PACKED_TRIALS_FILE)]
  await writeFile(packed, gzipSync(await readFile(plain)))
  await rm(plain)
  assert.deepEqual(await readRun(dir), { ...synthetic, damage: null })
  await assert.rejects(openTrialLog(dir), { code: 'PACKED_RUN', message: /gunzip its trials\.jsonl\.gz/ })
  assert.deepEqual((await readdir(dir)).sort(), [RUN_FILE, PACKED_TRIALS_FILE])
  await writeFile(packed, (await readFile(packed)).subarray(0, 100))
  await assert.rejects(readRun(dir), {
    code: 'BAD_RECORD',
    message: /trials\.jsonl\.gz is damaged.*fetch it anew/,
  })
})

test('a cut last line is left out and reported, the file stays as it is', async () => {
  const dir = await storedRun()
  const path = join(dir, TRIALS_FILE)
  const cut = (await readFile(path, 'utf8')).slice(0, -200)
  await writeFile(path, cut)
  const { results: read, damage } = await readRun(dir)
  assert.deepEqual(read, synthetic.results.slice(0, -1))
  assert.match(damage ?? '', /cut short/)
  assert.equal(await readFile(path, 'utf8'), cut)
})

test('damage that no crash explains is refused with file and line', async () => {
  const garble = (text: string) => text.replace('"ok":true', '"ok":tru')
  await refused(TRIALS_FILE, garble, 'BAD_RECORD', /trials\.jsonl:1: not JSON/)
  await refused(
    TRIALS_FILE,
    (text) => text.replace('"requests":', '"request":'),
    'BAD_RECORD',
    /:1: measurement\.requests/,
  )
  await refused(RUN_FILE, (text) => text.slice(0, 400), 'BAD_RECORD', /run\.json: not JSON/)
  await refused(RUN_FILE, () => '[]', 'BAD_RECORD', /no schemaVersion/)
  await refused(RUN_FILE, (text) => text.replace('"standard"', '"hasty"'), 'BAD_RECORD', /profile/)
})

test('a newer schema is refused by name, in the run and in a trial', async () => {
  const sentence = /written by a newer authscale \(schema 4; this one reads 3\): update authscale/
  await refused(
    RUN_FILE,
    (text) => text.replace('"schemaVersion": 3', '"schemaVersion": 4'),
    'NEWER_SCHEMA',
    sentence,
  )
  await refused(
    TRIALS_FILE,
    (text) => text.replace('"schemaVersion":3', '"schemaVersion":4'),
    'NEWER_SCHEMA',
    sentence,
  )
})

test('an older schema without a migration is refused, not misread', async () => {
  await refused(
    RUN_FILE,
    (text) => text.replace('"schemaVersion": 3', '"schemaVersion": 0'),
    'BAD_RECORD',
    /schema 0/,
  )
})

test('trials of another run are refused', async () => {
  await refused(TRIALS_FILE, (text) => text.replace('@0"', '@7"'), 'BAD_RECORD', /does not plan/)
})

test('a run that was killed before its log was made has no trials yet', async () => {
  const dir = await storedRun()
  await rm(join(dir, TRIALS_FILE))
  assert.deepEqual(await readRun(dir), { run: synthetic.run, results: [], damage: null })
})

test('a folder without a run says so', async () => {
  await assert.rejects(readRun(join(results, 'nowhere')), { code: 'RUN_NOT_FOUND' })
})
