/** What a start needs is looked at before it: each thing that lacks is one sentence with what was found, what is needed and what to do. */
import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { findingsOf, readiness, requireReady } from './readiness.ts'
import { temporaryFolder } from './tools/path.ts'

const scratch = mkdtempSync(path.join(tmpdir(), 'authscale-ready-'))
after(() => rmSync(scratch, { recursive: true }))

const FOLDER = {
  ...{ name: 'results', path: '/r', problem: null, freeBytes: 1e9, freeFiles: 1e6, neededBytes: 50e6 },
  elsewhere: 'choose another folder with --out',
}
const FINE = {
  folders: [FOLDER],
  processes: 1_000,
  openFiles: 1_024,
  memoryBytes: 8e9,
  loopbackProblem: null,
}
const lacks = (change: Partial<typeof FINE> | object) =>
  findingsOf({ ...FINE, ...change })
    .filter(({ status }) => status === 'missing')
    .map(({ name, detail, cost }) => `${name}: ${detail}: ${cost}`)

test('a machine that has all of it lacks nothing', () => assert.deepEqual(lacks({}), []))

test('a folder that cannot be written, a full disk, and one without inodes', () => {
  const folders = (change: object) => lacks({ folders: [{ ...FOLDER, ...change }] })
  assert.deepEqual(folders({ problem: 'EROFS' }), [
    'results: /r cannot be written (EROFS): make it writable, or choose another folder with --out',
  ])
  assert.deepEqual(folders({ freeBytes: 3e6 }), [
    'results: /r has 3 MB free and a run needs 50 MB: free some, or choose another folder with --out',
  ])
  assert.deepEqual(folders({ freeFiles: 12 }), [
    'results: /r has room for 12 more files and a run needs 1000: remove some, or choose another folder with --out',
  ])
  assert.deepEqual(folders({ freeFiles: null }), [], 'some file systems do not count')
})

test('processes, memory and loopback', () => {
  assert.match(lacks({ processes: 40 })[0] ?? '', /^processes: 40 more .*needs 85.*ulimit -u/)
  assert.match(lacks({ openFiles: 128 })[0] ?? '', /^open files: 128 .*needs 264: .*ulimit -n 264/)
  assert.match(lacks({ memoryBytes: 200e6 })[0] ?? '', /^memory: 200 MB are free: a run needs 400 MB/)
  assert.match(lacks({ loopbackProblem: 'EADDRNOTAVAIL' })[0] ?? '', /^loopback: .*ip link set lo up/)
})

test('a temporary folder whose sockets would have paths that are too long', () => {
  const found = (folder: string) =>
    findingsOf({
      ...FINE,
      folders: [{ ...FOLDER, name: 'temporary folder', path: folder, elsewhere: 'set TMPDIR' }],
    })[0]
  const before = process.env.TMPDIR
  try {
    process.env.TMPDIR = `/${'x'.repeat(70)}`
    assert.match(found(temporaryFolder())?.detail ?? '', /has a path of 71 bytes, and sockets leave it 61/)
    process.env.TMPDIR = `/${'x'.repeat(60)}`
    assert.equal(found(temporaryFolder())?.status, 'ok')
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
})

test('here: a look leaves nothing behind, also where the folder is not there yet', async () => {
  const out = path.join(scratch, 'new', 'folder')
  const found = await readiness(out)
  assert.equal(found.find(({ name }) => name === 'results')?.status, 'ok')
  assert.ok(!existsSync(path.join(scratch, 'new')))
  assert.deepEqual(readdirSync(scratch), [])
})

test('here: a file in the place of the folder is refused, and so is one without the right to write', async () => {
  const file = path.join(scratch, 'file')
  writeFileSync(file, '')
  await assert.rejects(requireReady(path.join(file, 'results')), {
    code: 'NOT_READY',
    message: /^results: .*--out$/,
  })
  if (process.getuid?.() === 0) return
  chmodSync(scratch, 0o500)
  try {
    await assert.rejects(requireReady(path.join(scratch, 'other')), /cannot be written \(EACCES\)/)
  } finally {
    chmodSync(scratch, 0o700)
  }
})
