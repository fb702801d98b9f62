/** Which variables reach which child: nothing that changes a figure reaches what is measured, and a user's tools stay as he set them up. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { environmentOf, RULES } from './child-environment.ts'

const SHELL = {
  ...{ PATH: '/bin', HOME: '/home/somebody', LANG: 'C.UTF-8', TZ: 'UTC', EDITOR: 'ed' },
  ...{
    NODE_OPTIONS: '--inspect',
    NODE_V8_COVERAGE: '/c',
    NODE_EXTRA_CA_CERTS: '/ca',
    NODE_USE_ENV_PROXY: '1',
  },
  ...{ HTTP_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9', LD_PRELOAD: '/j.so' },
  ...{ LD_LIBRARY_PATH: '/opt/lib', UV_THREADPOOL_SIZE: '64', REDIS_URL: 'redis://x', GIT_DIR: '/x/.git' },
  ...{ XDG_CONFIG_HOME: '/x', npm_config_registry: 'http://registry.test', DOCKER_HOST: 'unix:///d' },
}
const namesFor = (child: Parameters<typeof environmentOf>[0]) =>
  Object.keys(environmentOf(child, SHELL)).sort()

test('what is measured gets what any program needs, and no more', () => {
  assert.deepEqual(namesFor('measured'), ['HOME', 'LANG', 'NODE_ENV', 'PATH', 'TZ'])
})

test('a part gets in addition what a program outside of the system is found by', () => {
  assert.deepEqual(namesFor('part'), ['HOME', 'LANG', 'LD_LIBRARY_PATH', 'PATH', 'TZ', 'XDG_CONFIG_HOME'])
})

test('a client gets all but what was meant for this process, or for another repository', () => {
  const names = namesFor('client')
  for (const name of [
    'HTTP_PROXY',
    'https_proxy',
    'NODE_EXTRA_CA_CERTS',
    'npm_config_registry',
    'DOCKER_HOST',
    'EDITOR',
  ])
    assert.ok(names.includes(name), name)
  for (const name of ['NODE_OPTIONS', 'NODE_V8_COVERAGE', 'GIT_DIR', 'LD_PRELOAD', 'REDIS_URL'])
    assert.ok(!names.includes(name), name)
})

test('a temporary folder that is relative is named in full, since children stand elsewhere', () => {
  assert.equal(environmentOf('measured', { TMPDIR: 'tmp' }).TMPDIR, path.resolve('tmp'))
  assert.equal(environmentOf('part', { TEMP: '/var/t' }).TMPDIR, '/var/t')
  assert.ok(!('TMPDIR' in environmentOf('measured', { PATH: '/bin' })))
})

test('each rule has a reason, and no name stands in two', () => {
  const names = RULES.flatMap((rule) => rule.names)
  assert.equal(new Set(names).size, names.length)
  for (const { why } of RULES) assert.ok(why.length > 20)
})
