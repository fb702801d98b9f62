/** The commit of this tree and no other's, in repositories made for the purpose. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { contentHash, sourceOf } from './source.ts'

function scratch(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'authscale-source-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

/** A project in miniature. */
function unpack(folder: string): string {
  for (const room of ['bench', 'servers', 'docs']) mkdirSync(path.join(folder, room), { recursive: true })
  write(folder, 'package.json', '{ "name": "authscale", "version": "1.2.3" }')
  write(folder, 'package-lock.json', '{}')
  write(folder, 'bench/cli.ts', 'cli')
  write(folder, 'servers/main.ts', 'main')
  return folder
}

const write = (folder: string, file: string, text: string) => writeFileSync(path.join(folder, file), text)

const OWNER = ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false']
const git = (folder: string, ...args: string[]) =>
  execFileSync('git', [...OWNER, ...args], { cwd: folder, encoding: 'utf8' }).trim()

/** @returns the commit */
function commitAll(folder: string): string {
  git(folder, 'init', '--quiet')
  git(folder, 'add', '--all')
  git(folder, 'commit', '--quiet', '--message', 'All of it')
  return git(folder, 'rev-parse', 'HEAD')
}

const told = (folder: string) => sourceOf(pathToFileURL(`${folder}/`))

test('a clone: its commit, and no hash, since the commit says it all', async (t) => {
  const folder = unpack(scratch(t))
  const gitCommit = commitAll(folder)
  const source = { version: '1.2.3', contentHash: null }
  assert.deepEqual(await told(folder), { gitCommit, gitDirty: false, source })
  write(folder, 'notes.txt', 'not part of the code')
  assert.equal((await told(folder)).gitDirty, false)
})

test('a changed clone is dirty and has a hash, also where code was only added', async (t) => {
  const folder = unpack(scratch(t))
  const gitCommit = commitAll(folder)
  const changes: [string, string][] = [
    ['bench/cli.ts', 'changed'],
    ['bench/new file.ts', 'added'],
    ['servers/ü.ts', 'added'],
  ]
  for (const [file, text] of changes) {
    write(folder, file, text)
    const found = await told(folder)
    assert.deepEqual([found.gitCommit, found.gitDirty], [gitCommit, true], file)
    assert.equal(found.source.contentHash, await contentHash(folder))
    git(folder, 'checkout', '--quiet', '.')
    git(folder, 'clean', '--quiet', '--force')
  }
})

test('unpacked inside of another repository: not that one’s commit', async (t) => {
  const outer = scratch(t)
  write(outer, 'theirs.txt', 'another project')
  commitAll(outer)
  mkdirSync(path.join(outer, 'vendor'))
  const inner = unpack(path.join(outer, 'vendor/authscale'))
  const nothing = {
    gitCommit: null,
    gitDirty: null,
    source: { version: '1.2.3', contentHash: await contentHash(inner) },
  }
  assert.deepEqual(await told(inner), nothing)
  git(outer, 'add', '--all')
  git(outer, 'commit', '--quiet', '--message', 'Vendored')
  assert.deepEqual(await told(inner), nothing, 'part of it by now, and its commit is still another project’s')
  // Into its very root.
  unpack(outer)
  assert.equal((await told(outer)).gitCommit, null)
})

test('a repository that the environment names is not asked', async (t) => {
  const other = scratch(t)
  write(other, 'theirs.txt', 'another project')
  commitAll(other)
  const folder = unpack(scratch(t))
  process.env.GIT_DIR = path.join(other, '.git')
  t.after(() => delete process.env.GIT_DIR)
  assert.equal((await told(folder)).gitCommit, null)
})

test('no repository, or one without a commit: version and hash alone', async (t) => {
  const folder = unpack(scratch(t))
  const source = { version: '1.2.3', contentHash: await contentHash(folder) }
  assert.deepEqual(await told(folder), { gitCommit: null, gitDirty: null, source })
  git(folder, 'init', '--quiet')
  assert.equal((await told(folder)).gitCommit, null)
})

test('the hash is that of the code: the same in a copy, another for each byte and each name', async (t) => {
  const folder = unpack(scratch(t))
  const copy = scratch(t)
  cpSync(folder, copy, { recursive: true })
  const before = await contentHash(folder)
  assert.match(before, /^sha256-[0-9a-f]{64}$/)
  assert.equal(await contentHash(copy), before)
  write(copy, 'docs/text.md', 'no code')
  assert.equal(await contentHash(copy), before)
  // What one file loses, the next one gets.
  write(copy, 'bench/cli.ts', 'cl')
  write(copy, 'package-lock.json', 'i{}')
  const moved = await contentHash(copy)
  write(copy, 'bench/cli.ts', 'cli')
  write(copy, 'package-lock.json', '{}')
  rmSync(path.join(copy, 'servers/main.ts'))
  write(copy, 'servers/Main.ts', 'main')
  assert.equal(new Set([before, moved, await contentHash(copy)]).size, 3)
})
