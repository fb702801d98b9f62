/** Other versions of packages: fetched for real where npm can be reached, loaded by a server, told of in one line where not. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { projectRoot } from '../../places.ts'
import { environmentOf } from '../processes/child-environment.ts'
import { loadEnv } from '../server-env.ts'
import { type Build, compile } from './build.ts'
import { localCopy } from './local-copy.ts'
import { openPackages, type Packages } from './packages.ts'
import { findRuntime } from './runtime.ts'
import { SERVER_PACKAGES } from './versions.ts'

const IMPORT = /\b(?:from|import)\s*\(?'([^'.][^']*)'/g
const runtime = await findRuntime()

test('what can be varied is what servers import, each at the version that package.json pins', async () => {
  const files = await readdir(join(projectRoot, 'servers'), { recursive: true })
  const sources = files.filter(
    (file) => file.endsWith('.ts') && !/\.test\.ts$|^(?:testing|checks)[\\/]/.test(file),
  )
  const texts = await Promise.all(sources.map((file) => readFile(join(projectRoot, 'servers', file), 'utf8')))
  const imported = texts
    .flatMap((text) => [...text.matchAll(IMPORT)].map(([, name = '']) => name))
    .filter((name) => !name.startsWith('node:'))
    .map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0])
  assert.deepEqual([...new Set(imported)].sort(), [...SERVER_PACKAGES])
  const { dependencies } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8'))
  for (const name of SERVER_PACKAGES) assert.match(dependencies[name], /^[\d.]+$/)
})

describe('of a build', () => {
  const lines: string[] = []
  let build: Build
  let packages: Packages
  let temporary: string
  before(async () => {
    temporary = await mkdtemp(join(tmpdir(), 'packages-'))
    build = await compile(`packages-test-${process.pid}`, runtime)
    packages = openPackages(build, runtime, (line) => lines.push(line))
  })
  after(async () => {
    await build.remove()
    await rm(temporary, { recursive: true })
  })

  test('a server without other versions is the one of the build', async () => {
    assert.equal(await packages.serverWith(undefined), build.server)
    assert.equal(await packages.serverWith({}), build.server)
  })

  test('a server loads the version that was asked for, and all that belongs to it from beside it', async (t) => {
    const versions = { 'prom-client': '15.1.2' }
    const server = await packages.serverWith(versions).catch((error) => {
      if (error.code !== 'PACKAGES_MISSING') throw error
      t.skip(`${error.message}: npm has to be reachable once`)
    })
    if (!server) return
    assert.equal(await packages.serverWith(versions), server, 'made once')
    assert.equal(await packages.exact('prom-client', '15.1.2'), '15.1.2', 'asks nobody')
    const loaded = await filesLoadedBy(server)
    const copies = await realpath(localCopy('.'))
    const own = loaded.filter((file) => file.includes('/node_modules/'))
    assert.ok(own.length > 10, String(own.length))
    const [folder] =
      /^.*\/node_modules\/prom-client\//.exec(own.find((file) => /prom-client/.test(file)) ?? '') ?? []
    // From above comes only what is not beside it: `debug` takes colours from wherever there are any.
    for (const file of own.filter((one) => !one.startsWith(copies))) {
      const [, name = ''] = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? []
      assert.ok(!existsSync(join(folder ?? '', '..', name)), file)
    }
    assert.equal(JSON.parse(await readFile(join(folder ?? '', 'package.json'), 'utf8')).version, '15.1.2')
    // All else is as it is locked.
    const express = await readFile(join(folder ?? '', '../express/package.json'), 'utf8')
    assert.equal(express, await readFile(join(projectRoot, 'node_modules/express/package.json'), 'utf8'))
    const plain = (await filesLoadedBy(build.server)).filter((file) => file.includes('/node_modules/'))
    assert.ok(plain.every((file) => !file.startsWith(copies)) && plain.length > 10)
  })

  test('a package that works with one which servers do not use is refused', async (t) => {
    const wanted = packages.serverWith({ 'connect-redis': '9.0.0' })
    const { code, message } = await wanted.then(
      () => assert.fail('it was taken'),
      (error) => error,
    )
    if (code === 'PACKAGES_MISSING') return t.skip(`${message}: npm has to be reachable once`)
    assert.equal(code, 'PACKAGES_UNUSABLE')
    assert.match(message, /^connect-redis 9\.0\.0 works with redis >=5, which the servers do not use: /)
  })

  test('a version that is not there is refused with those that are', async (t) => {
    const { code, message } = await packages.exact('connect-redis', '99').then(
      () => assert.fail('it was found'),
      (error) => error,
    )
    if (code === 'VERSIONS_UNREACHABLE') return t.skip(`${message}: npm has to be reachable`)
    assert.equal(code, 'VERSION_UNKNOWN')
    assert.match(message, /^there is no connect-redis 99: the newest are .*8\.1\.0, .*9\.0\.0/)
  })

  describe('without a network', () => {
    const former = process.env.npm_config_registry
    before(() => {
      process.env.npm_config_registry = 'http://127.0.0.1:1/'
    })
    after(() => {
      if (former === undefined) delete process.env.npm_config_registry
      else process.env.npm_config_registry = former
    })
    const left = async () =>
      (await readdir(localCopy('.'))).filter((name) => name.includes(`fetch-${process.pid}-`))
    afterEach(async () => assert.deepEqual(await left(), []))

    test('what is not here is told in one line', async () => {
      await assert.rejects(packages.exact('jose', '1'), {
        code: 'VERSIONS_UNREACHABLE',
        message: /^npm cannot be asked for versions of jose \(.*ECONNREFUSED.*\): try again with a network$/,
      })
      // No cache of npm's holds a version that never was.
      await assert.rejects(packages.serverWith({ jose: '6.99.99' }), {
        code: 'PACKAGES_MISSING',
        message: /^jose 6\.99\.99 could not be fetched from npm \(.*\): try again with a network$/,
      })
    })

    test('what was fetched before is the answer to its major', async (t) => {
      const kept = await packages.exact('prom-client', '15.1.2').catch(() => null)
      if (kept === null) return t.skip('prom-client 15.1.2 is not here: npm has to be reachable once')
      assert.match(await packages.exact('prom-client', '15'), /^15\.\d+\.\d+$/)
    })
  })

  /** As V8 has them when the server leaves. */
  async function filesLoadedBy(server: string): Promise<string[]> {
    const coverage = await mkdtemp(join(temporary, 'loaded-'))
    const env = {
      ...environmentOf('measured'),
      ...loadEnv({}),
      ...{ SCHEME: 'none', PORT: '0', KEYS: await build.makeKeys(), NODE_V8_COVERAGE: coverage },
    }
    const child = spawn(runtime.command, [server], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    await once(child, 'message')
    child.kill('SIGTERM')
    await once(child, 'exit')
    const [file = ''] = await readdir(coverage)
    assert.ok(existsSync(join(coverage, file)))
    const { result } = JSON.parse(await readFile(join(coverage, file), 'utf8')) as {
      result: { url: string }[]
    }
    return result.flatMap(({ url }) => (url.startsWith('file:') ? [new URL(url).pathname] : []))
  }
})
