/** Of environment variables all names and few values are kept: no secret that somebody has planted there. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { serverVariablesSchema } from '../../record/schema/host.ts'
import { merged, NO_VARIABLES, variablesOf } from './variables.ts'

const environ = (variables: Record<string, string>) =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\0`)
    .join('')

test('all names, and the values of a fixed list', () => {
  const text = environ({
    PATH: '/usr/bin',
    NODE_ENV: 'production',
    UV_THREADPOOL_SIZE: '8',
    REDIS_URL: 'redis://:hunter2@host',
    KEYS: '{"a":"b=c"}',
    EMPTY: '',
  })
  assert.deepEqual(variablesOf(text), {
    names: ['EMPTY', 'KEYS', 'NODE_ENV', 'PATH', 'REDIS_URL', 'UV_THREADPOOL_SIZE'],
    values: { NODE_ENV: ['production'], UV_THREADPOOL_SIZE: ['8'] },
  })
  assert.deepEqual(variablesOf(''), NO_VARIABLES)
})

test('a secret does not show, wherever it was planted', () => {
  const names = ['PATH', 'HOME', 'LANG', 'TZ', 'NODE_OPTIONS', 'LD_PRELOAD', 'REDIS_URL', 'KEYS', 'TOKEN']
  const listed = ['NODE_ENV', 'UV_THREADPOOL_SIZE', 'MALLOC_ARENA_MAX', 'PLAIN_HTTP']
  const secret = fc.stringMatching(/^[\w+/=:@. -]{12,60}$/)
  fc.assert(
    fc.property(secret, (text) => {
      const everywhere = Object.fromEntries(names.map((name) => [name, text]))
      assert.ok(!JSON.stringify(variablesOf(environ(everywhere))).includes(text))
      const paths = Object.fromEntries(listed.map((name) => [name, `/opt/${text}/bin`]))
      assert.deepEqual(variablesOf(environ(paths)).values, {})
    }),
  )
})

test('of several processes each name and value once, in one order', () => {
  const one = variablesOf(environ({ B: '1', NODE_ENV: 'production', UV_THREADPOOL_SIZE: '8' }))
  const other = variablesOf(environ({ A: '1', NODE_ENV: 'production', UV_THREADPOOL_SIZE: '1' }))
  const both = {
    names: ['A', 'B', 'NODE_ENV', 'UV_THREADPOOL_SIZE'],
    values: { NODE_ENV: ['production'], UV_THREADPOOL_SIZE: ['1', '8'] },
  }
  assert.deepEqual([merged(one, other), merged(other, one), merged(both, one)], [both, both, both])
  assert.deepEqual(serverVariablesSchema.parse(both), both)
})
