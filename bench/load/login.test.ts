/** Logins against a real server: what is kept of a reply, and what a refused one says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Traits } from '../../servers/scheme.ts'
import { startServer, type TestServer } from '../testing/load-server.ts'
import { logIn } from './login.ts'

const login = (server: Pick<TestServer, 'url'>, transport: Traits['transport'], users = 10) =>
  logIn({ url: server.url, transport, users, concurrency: 4 })

test('all cookies of a reply are kept, without their attributes', async (t) => {
  const { credentials, report } = await login(await startServer(t), 'cookie')
  assert.equal(credentials.header, 'Cookie')
  assert.equal(credentials.get(6), 'sid=secret-user6; SRV=r1')
  assert.equal(report.count, 10)
  assert.ok(report.seconds > 0)
})

test('a token becomes a bearer credential, the control names its user', async (t) => {
  const server = await startServer(t)
  const bearer = await login(server, 'bearer')
  assert.deepEqual(
    [bearer.credentials.header, bearer.credentials.get(9)],
    ['Authorization', 'Bearer secret-user9'],
  )
  const none = await login(server, 'none')
  assert.deepEqual([none.credentials.header, none.credentials.get(9)], ['X-User', 'user9'])
  assert.equal((await server.account()).logins.user9, 2, 'the control logs in as well')
})

test('a refused login fails the job at once, with its status and body', async (t) => {
  const server = await startServer(t, 'unknown-user')
  await assert.rejects(login(server, 'bearer', 30), {
    code: 'LOGIN_FAILED',
    message: /user7 answered 401: {"error":"invalid credentials"}/,
  })
  const { logins } = await server.account()
  assert.equal(logins.user7, 1)
  assert.equal(logins.user29, undefined, 'nobody logs in after the failure')
})

test('an error of the server is tried again, up to three times', async (t) => {
  const server = await startServer(t, 'flaky-login')
  await login(server, 'bearer', 4)
  assert.equal((await server.account()).logins.user3, 3)
})

test('a server that is not there is named as such', async () => {
  await assert.rejects(login({ url: 'http://127.0.0.1:9' }, 'cookie'), {
    code: 'LOGIN_FAILED',
    message: /got no answer: .*ECONNREFUSED/,
  })
})

test('a login that hands out nothing is a failure', async (t) => {
  const server = await startServer(t, 'empty-handed')
  await assert.rejects(login(server, 'cookie'), { code: 'LOGIN_FAILED', message: /200 without a cookie/ })
  await assert.rejects(login(server, 'bearer'), { code: 'LOGIN_FAILED', message: /200 without a token/ })
})
