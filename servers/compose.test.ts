/** docker-compose.yml against the published Compose schema, and against what the harness expects of it. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { DCLinter } from 'dclint'

const composeFile = path.resolve(import.meta.dirname, '../docker-compose.yml')

/** dclint's own declarations lose this type on the way, by imports without extensions. */
interface FileReport {
  messages: { type: string; message: string }[]
}

/** Errors alone: dclint's warnings are about the order of keys, where ours tells the story of a request. */
function errorsIn(file: string): string[] {
  const linter = new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] })
  const reports = linter.lintFiles([file], false) as FileReport[]
  return reports.flatMap(({ messages }) =>
    messages.filter(({ type }) => type === 'error').map(({ message }) => message),
  )
}

test('docker-compose.yml satisfies the Compose schema', () => {
  assert.deepEqual(errorsIn(composeFile), [])
})

test('the check notices a file that does not', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'authscale-compose-'))
  try {
    const file = path.join(folder, 'docker-compose.yml')
    const text = await readFile(composeFile, 'utf8')
    await writeFile(file, text.replace(/^ {4}networks: \[fleet\]$/m, '    networks: fleet'))
    assert.equal(errorsIn(file).length, 1)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('every CPU limit is a variable, and the replica can be scaled', async () => {
  const text = await readFile(composeFile, 'utf8')
  for (const service of ['REDIS', 'REPLICA', 'PROXY', 'BENCH'])
    assert.match(text, new RegExp(`cpus: \\$\\{${service}_CPUS:-`))
  // A container name or a published port would make a second replica impossible.
  assert.doesNotMatch(text, /container_name|ports:/)
})
