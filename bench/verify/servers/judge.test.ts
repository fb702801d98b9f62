/** Each thing that a server must not answer is a problem, and what it may answer is none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { traits } from '../../traits.ts'
import type { Attempt } from './attempt.ts'
import { problemOf, shown } from './judge.ts'
import { repliesIn } from './replies.ts'

const scheme =
  Object.values(traits).find(({ userWide, token }) => userWide === 'cannot' && token) ?? assert.fail()
const answer = (status: number, body = '') =>
  `HTTP/1.1 ${status} Any\r\nContent-Type: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
const me = (name: string) => answer(200, JSON.stringify({ username: name }))
const CANNOT = answer(501, '{"error":"not possible with this scheme"}')

const base: Attempt = {
  ...{ kind: 'raw HTTP', what: '', bytes: 'GET /me HTTP/1.1\r\n\r\n', expects: 'either', holders: ['user1'] },
}
const everywhere = { ...base, bytes: 'POST /logout-everywhere HTTP/1.1\r\n\r\n' }
const refused: Attempt = { ...base, expects: 'refused', holders: [] }
const renewal: Attempt = { ...refused, bytes: 'POST /refresh HTTP/1.1\r\n\r\n' }

function expectedOf(attempt: Attempt, text: string, isClosed = true): string | undefined {
  return problemOf(attempt, { replies: repliesIn(Buffer.from(text).toString('latin1')), isClosed }, scheme)
    ?.expected
}

const REFUSED = 'refused: 4xx, or the connection is closed'
const FAILURE = 'no failure of the server: nothing is broken'
const cases: readonly (readonly [string, Attempt, string, string | undefined])[] = [
  ['the holder', base, me('user1'), undefined],
  ['somebody else', base, me('user2'), 'let in as user1, or not at all'],
  ['somebody else, second', base, answer(404) + me('user2'), 'let in as user1, or not at all'],
  ['anybody, of nobody', refused, me('user1'), 'nobody is let in'],
  ['204, of nobody', { ...refused, expects: 'either' }, answer(204), 'nobody is let in'],
  [
    'preferences, of nobody',
    { ...refused, expects: 'either' },
    answer(200, '{"preferences":{}}'),
    'nobody is let in',
  ],
  ['401', refused, answer(401), undefined],
  ['nothing', refused, '', undefined],
  ['a page for all', refused, answer(200, 'GET, HEAD'), REFUSED],
  ['302', refused, answer(302), REFUSED],
  ['500', refused, answer(500), FAILURE],
  ['503', base, answer(503), FAILURE],
  ['no HTTP', base, 'garbage', FAILURE],
  ['what the scheme cannot', everywhere, CANNOT, undefined],
  ['the same, of a counterfeit', { ...everywhere, expects: 'refused', holders: [] }, CANNOT, REFUSED],
  ['the same, of a renewal, which nobody guards', renewal, CANNOT, undefined],
  ['501 elsewhere', base, CANNOT, FAILURE],
  ['2xx', { ...base, expects: 'admitted' }, me('user1'), undefined],
  ['401 of what is valid', { ...base, expects: 'admitted' }, answer(401), '2xx'],
  ['nothing of what is valid', { ...base, expects: 'admitted' }, '', '2xx'],
]

for (const [what, attempt, text, expected] of cases)
  test(`answered with ${what}`, () => assert.equal(expectedOf(attempt, text), expected))

test('a connection that stays open is a problem, whatever was answered', () => {
  assert.equal(expectedOf(base, me('user1'), false), 'an answer or the end of the connection')
})

test('replies are told apart: promises, replies to HEAD, and chunks of Node’s own', () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n'
  const chunked = 'HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
  const bare = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'
  const read = repliesIn(`HTTP/1.1 100 Continue\r\n\r\n${head}${answer(200, 'a')}${chunked}${bare}`)
  assert.deepEqual(
    read.map(({ status, body }) => [status, body]),
    [
      [200, ''],
      [200, 'a'],
      [400, '0\r\n\r\n'],
      [400, ''],
    ],
  )
})

test('bytes are shown on one line, and long ones without their middle', () => {
  assert.equal(shown('a\r\n\t\\\x00\xe9~', 100), 'a\\r\\n\\t\\\\\\x00\\xe9~')
  assert.equal(shown(`${'a'.repeat(50)}${'b'.repeat(60)}`, 20), `${'a'.repeat(10)}…90 more…${'b'.repeat(10)}`)
})
