/** Programs of tests start from earlier code where there is some, and as well where there is none or it is damaged. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { quickStarting } from './programs.ts'

test('the first that ends well leaves its code, which the next ones take, and damaged code only takes time', async (t) => {
  const [node = '', launcher = ''] = await quickStarting(new URL('../../servers/keygen.ts', import.meta.url))
  const folder = mkdtempSync(path.join(os.tmpdir(), 'programs-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const files = [launcher, launcher.replace(/\.cjs$/, '.js')]
  for (const file of files) copyFileSync(file, path.join(folder, path.basename(file)))
  const start = (flags: readonly string[] = [], args: readonly string[] = []) => {
    const command = [...flags, path.join(folder, path.basename(launcher)), ...args]
    return JSON.parse(execFileSync(node, command, { encoding: 'utf8', stdio: 'pipe' }))
  }
  const codes = () => readdirSync(folder).filter((name) => /\.js\./.test(name))
  assert.throws(() => start([], ['--rotat']), /keygen: takes nothing but --rotate/)
  assert.deepEqual(codes(), [], 'who is refused has little to leave')
  assert.ok(start().sessionSecret)
  const [code = ''] = codes()
  const whole = path.join(folder, code)
  const { mtimeMs, size } = statSync(whole)
  assert.notEqual(start().sessionSecret, start().sessionSecret)
  assert.equal(statSync(whole).mtimeMs, mtimeMs, 'taken as it was')
  writeFileSync(whole, readFileSync(whole).fill(0, 0, 16))
  assert.ok(start().sessionSecret)
  assert.ok(readFileSync(whole).subarray(0, 4).some(Boolean), 'left anew')
  assert.ok(statSync(whole).size > size / 2)
  assert.ok(start(['--no-opt']).sessionSecret)
  assert.equal(codes().length, 2, 'code of other flags is their own')
})
