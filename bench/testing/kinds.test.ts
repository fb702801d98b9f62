/** Each test file has one kind, and a quick one reaches nothing that starts processes, listens or writes. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { quick, root, testFiles } from './files.ts'
import { real, timed } from './kinds.ts'

/** What is loaded with a file; an `import()` inside a function is loaded by who calls it. */
const LOADED = /^(?:import|export)\s+(?!type\s)[^;'"]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm

/** Modules with which something outside of the process can be touched. */
const REACHES_OUT =
  /^(node:(child_process|cluster|dgram|http|http2|https|net|tls|worker_threads)|autocannon|dclint|esbuild|express|ioredis|playwright-core|pm2)$/
/** What a test does that writes anywhere but into the repository, where some keep what they expect. */
const WRITES = /\b(mkdtemp\w*|tmpdir)\(/

const texts = new Map<string, string>()
function textOf(file: string): string {
  const whole = path.join(root, file)
  const text = texts.get(file) ?? (existsSync(whole) ? readFileSync(whole, 'utf8') : '')
  texts.set(file, text)
  return text
}

/** How a test file comes to reach out: the last import on its way there; null when it does not. */
function wayOut(test: string): string | null {
  if (WRITES.test(textOf(test))) return `${test} has a temporary folder`
  const reached = new Set([test])
  for (const file of reached) {
    for (const [, from, bare] of textOf(file).matchAll(LOADED)) {
      const target = from ?? bare ?? ''
      if (REACHES_OUT.test(target)) return `${test} reaches ${target} in ${file}`
      if (target.startsWith('.')) reached.add(path.posix.join(path.posix.dirname(file), target))
    }
  }
  return null
}

test('each file that is named is there, and is named once', () => {
  const named = [...real, ...timed]
  assert.deepEqual(
    named.filter((file) => !testFiles.includes(file)),
    [],
    'renamed or removed: see kinds.ts',
  )
  assert.equal(new Set(named).size, named.length)
  assert.equal(quick.length + named.length, testFiles.length)
})

test('quick files reach nothing outside', () => {
  assert.deepEqual(
    quick.flatMap((file) => wayOut(file) ?? []),
    [],
    'name them in kinds.ts',
  )
})

test('a file that starts processes through what it imports would be seen', () => {
  const [one = ''] = timed
  assert.match(wayOut(one) ?? '', /\.test\.ts reaches (node:|ioredis)/)
})
