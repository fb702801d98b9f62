/** A test file that has been built knows where its source is, and so does what fails in it. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { built } from './built.ts'
import { root, testFiles } from './files.ts'

test('what is built takes the place of its source, shares what it imports, and fails by the lines of its source', async () => {
  const [files, documents] = ['bench/testing/files.ts', 'bench/commands/publishing/documents.ts']
  const place = await built([files, documents])
  const urlOf = (file: string) => JSON.stringify(pathToFileURL(place(path.join(root, file))))
  const script = `
    const { root, testFiles } = await import(${urlOf(files)})
    const { updateFront } = await import(${urlOf(documents)})
    try {
      updateFront('', { runDir: 'x', run: { profile: 'smoke' } })
    } catch (error) {
      console.log(JSON.stringify({ root, count: testFiles.length, stack: error.stack }))
    }`
  const args = ['--enable-source-maps', '--input-type=module', '-e', script]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  const { stack, ...seen } = JSON.parse(stdout)
  assert.deepEqual(seen, { root, count: testFiles.length })
  assert.match(stack, /is a smoke run[\s\S]*bench\/commands\/publishing\/documents\.ts:\d+/)
})

test('a file that is not there is named', () =>
  assert.rejects(built(['bench/testing/none.test.ts']), /none\.test\.ts/))
