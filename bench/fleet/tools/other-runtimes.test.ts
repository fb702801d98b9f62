/** Other majors of Node: fetched for real where npm can be reached, told of in one line where it cannot. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, test } from 'node:test'
import { projectRoot } from '../../places.ts'
import { localCopy } from './local-copy.ts'
import { openRuntimes } from './other-runtimes.ts'
import { findRuntime } from './runtime.ts'
import { NODE_VERSIONS as VERSIONS } from './versions.ts'

const standard = await findRuntime()
const own = standard.node.split('.')[0] as string
const silent = () => {}

test('the table names the version that package.json pins', () => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))
  for (const version of Object.values(optionalDependencies) as string[])
    assert.equal(VERSIONS[version.split('.')[0] as string], version)
  for (const [major, version] of Object.entries(VERSIONS)) assert.ok(version.startsWith(`${major}.`))
})

test('the standard one runs what asks for none, and for its own major', async () => {
  const runtimes = openRuntimes(standard, () => assert.fail('nothing is to be fetched'))
  assert.equal(await runtimes.of(undefined), standard)
  assert.equal(await runtimes.of(own), standard)
})

test('a major that is not in the table is refused with those that are', async () => {
  await assert.rejects(openRuntimes(standard, silent).of('4'), {
    code: 'RUNTIME_UNKNOWN',
    message: /no Node 4 .*20, 22, 24, 26/,
  })
})

describe('without a network', () => {
  const former = process.env.npm_config_registry
  afterEach(() => {
    if (former === undefined) delete process.env.npm_config_registry
    else process.env.npm_config_registry = former
  })

  test('what is not here is null, with the reason in one line, and leaves nothing behind', async () => {
    process.env.npm_config_registry = 'http://127.0.0.1:1/'
    const lines: string[] = []
    // No cache of npm's holds a version that never was.
    const versions = { [own]: standard.node, 99: '99.0.0' }
    const runtimes = openRuntimes(standard, (line) => lines.push(line), versions)
    assert.deepEqual(await runtimes.others(), { 99: null })
    assert.equal(lines.length, 2)
    assert.match(lines[1] ?? '', /^Node 99\.0\.0 could not be fetched from npm \(.*ECONNREFUSED.*$/)
    await assert.rejects(runtimes.of('99'), { code: 'RUNTIME_MISSING' })
    assert.equal(existsSync(localCopy('node-99.0.0')), false)
    const left = readdirSync(join(localCopy('.'))).filter((name) => name.includes(`fetch-${process.pid}-`))
    assert.deepEqual(left, [])
  })
})

test('each runs and tells its exact version', async () => {
  const others = await openRuntimes(standard, silent).others()
  const had = Object.entries(others).flatMap(([major, runtime]) => (runtime ? [{ major, runtime }] : []))
  assert.ok(had.length > 0, 'npm, from which they are fetched, cannot be reached')
  assert.ok(!(own in others))
  for (const { major, runtime } of had) {
    assert.equal(runtime.node, VERSIONS[major])
    assert.match(runtime.openssl, /^\d+\.\d+/)
  }
})
