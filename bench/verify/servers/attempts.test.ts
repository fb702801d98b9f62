/** The generators of attempts: the same seed gives the same bytes, of every sort, and what must be refused is no valid one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Draw, seededDraw } from '../../stats/seeded.ts'
import { traits as declared } from '../../traits.ts'
import type { Attempt, Login, Stock } from './attempt.ts'
import { bodyAttempt } from './bodies.ts'
import { carries, counterfeitAttempt, refreshAttempt } from './credentials.ts'
import { doubleAttempt } from './doubles.ts'
import { forgery } from './forged.ts'
import { originAttempt } from './origins.ts'
import { rawAttempt } from './raw.ts'

const [none, cookie, bearer] = [declared.none, cookieTraits(), bearerTraits()]

function cookieTraits() {
  return Object.values(declared).find(({ transport }) => transport === 'cookie') ?? assert.fail()
}
function bearerTraits() {
  return Object.values(declared).find(({ token }) => token === 'jws') ?? assert.fail()
}

const login = (name: string, before: string, secret: string): Login => ({
  ...{ name, before, secret, refreshToken: null },
})
const cookies: Stock = {
  traits: cookie,
  own: login('user1', '__Host-sid=', 's%3AabcDEF-_123.sig%2Fnature%2Bown'),
  other: login('user2', '__Host-sid=', 's%3AghiJKL-_456.other%2Fsignature'),
  spare: login('user1000', '__Host-sid=', 's%3Aspare.secret'),
  doomed: login('user1001', '__Host-sid=', 's%3Adoomed.secret'),
}
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const token = (sub: string) => `${part({ alg: 'RS256' })}.${part({ sub, exp: 1 })}.c2lnbmF0dXJl${sub}`
const tokens: Stock = {
  traits: bearer,
  own: login('user1', 'Bearer ', token('user1')),
  other: login('user2', 'Bearer ', token('user2')),
  spare: login('user1000', 'Bearer ', token('user1000')),
  doomed: login('user1001', 'Bearer ', token('user1001')),
}
const named: Stock = {
  traits: none,
  own: login('user1', '', 'user1'),
  other: login('user2', '', 'user2'),
  spare: login('user1000', '', 'user1000'),
  doomed: login('user1001', '', 'user1001'),
}

type Maker = (draw: Draw, stock: Stock) => Attempt
const makers: Record<string, Maker> = {
  raw: rawAttempt,
  bodies: bodyAttempt,
  counterfeits: counterfeitAttempt,
  doubles: doubleAttempt,
  origins: originAttempt,
  renewals: (draw, { own, other }) => refreshAttempt(draw, own.secret, other.secret),
}
const many = (make: Maker, stock: Stock, count = 3_000) =>
  Array.from({ length: count }, (_, seed) => make(seededDraw(seed), stock))
const shareOf = (attempts: readonly Attempt[], expects: Attempt['expects']) =>
  attempts.filter((one) => one.expects === expects).length / attempts.length

for (const [name, make] of Object.entries(makers))
  test(`${name}: the same seed gives the same bytes, each a character, and seeds differ`, () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(cookies, tokens), (seed, stock) => {
        const made = make(seededDraw(seed), stock)
        assert.deepEqual(make(seededDraw(seed), stock), made)
        assert.equal(Buffer.from(made.bytes, 'latin1').toString('latin1'), made.bytes)
      }),
    )
    assert.ok(new Set(many(make, tokens, 100).map(({ bytes }) => bytes)).size > 30)
  })

/** The value of the one header line that holds the credential. */
const valueIn = (bytes: string, header: string) =>
  bytes
    .split('\r\n')
    .flatMap((line) => (line.startsWith(`${header}: `) ? [line.slice(header.length + 2)] : []))

test('what must be refused carries the whole credential of nobody; where it may pass, it does', () => {
  for (const [stock, header] of [
    [cookies, 'Cookie'],
    [tokens, 'Authorization'],
  ] as const) {
    const attempts = many(counterfeitAttempt, stock)
    for (const { bytes, expects, holders } of attempts) {
      const [value = '', ...more] = valueIn(bytes, header)
      assert.deepEqual(more, [])
      const owner = [stock.own, stock.other].find((one) => carries(stock.traits, value, one))
      assert.deepEqual(holders, owner ? [owner.name] : [])
      assert.equal(expects, owner ? 'either' : 'refused')
      if (expects === 'refused') assert.notEqual(value, stock.own.before + stock.own.secret)
    }
    assert.ok(shareOf(attempts, 'refused') > 0.8, `${header}: ${shareOf(attempts, 'refused')}`)
  }
})

test('spellings of one cookie are one credential; any other byte makes another one', () => {
  const { own } = cookies
  const same = [
    own.secret,
    ` ${own.secret}\t`,
    `"${own.secret}"`,
    own.secret.toLowerCase().replace('abcdef', 'abcDEF'),
  ]
  for (const text of same) assert.ok(carries(cookie, `a=b; __Host-sid =${text}; c`, own), text)
  for (const value of [
    ...[own.secret.toUpperCase(), `'${own.secret}'`, `${own.secret},`, `"${own.secret}`].map(
      (text) => own.before + text,
    ),
    ...[
      `sid=${own.secret}`,
      `x${own.before}${own.secret}`,
      `${own.before}${own.secret}; ${own.before}${own.secret}`,
    ],
    `${own.before}; ${own.before}${own.secret}`,
  ])
    assert.ok(!carries(cookie, value, own), value)
})

test('of a token no spelling but its own is valid, and HTTP’s blanks do not count', () => {
  const { own } = tokens
  for (const value of [`Bearer ${own.secret}`, `bearer  ${own.secret} `, `\tBEARER\t${own.secret}`])
    assert.ok(carries(bearer, value, own), value)
  for (const value of [
    `Bearer ${own.secret}=`,
    `Bearer "${own.secret}"`,
    own.secret,
    `Bearer${own.secret}`,
    `Basic ${own.secret}`,
  ])
    assert.ok(!carries(bearer, value, own), value)
})

test('two at once are two, in headers that a server reads', () => {
  for (const { bytes } of many(doubleAttempt, cookies)) {
    const carried = valueIn(bytes.replace(/\r\ncookie:/gi, '\r\nCookie:'), 'Cookie').join('; ')
    const names = carried.split(';').filter((pair) => /^[ \t]*__Host-sid[ \t]*=/.test(pair))
    assert.ok(names.length === 2 || (names.length === 1 && /\r\nAuthorization: /.test(bytes)), bytes)
  }
  for (const { bytes } of many(doubleAttempt, tokens)) {
    const lines = bytes.split('\r\n').filter((line) => /^authorization:/i.test(line))
    const cookieToo = /\r\nCookie: .*(sid|token)[ \t]*=/.test(bytes)
    const both =
      lines.length === 1 && lines[0]?.includes(tokens.own.secret) && /[ ,].*[ ,]ey/.test(lines[0] ?? '')
    assert.ok(lines.length === 2 || cookieToo || both, bytes)
  }
})

test('raw requests leave the credential whole, for the right server to refuse or to name its user', () => {
  for (const stock of [cookies, tokens, named])
    for (const { bytes, holders } of many(rawAttempt, stock)) {
      const [holder] = holders
      const { secret } = [stock.spare, stock.doomed].find(({ name }) => name === holder) ?? { secret: '' }
      assert.ok(bytes.includes(secret), bytes)
    }
  const whats = many(rawAttempt, cookies).map(({ what }) => what.replace(/^.*?: /, '').split(', '))
  assert.ok(new Set(whats.flat()).size > 30, 'of every sort')
  assert.ok(shareOf(many(rawAttempt, cookies), 'refused') > 0.1)
})

test('bodies that are preferences are told from those that are none', () => {
  const attempts = many(bodyAttempt, cookies).filter(({ what }) => what.startsWith('PUT'))
  assert.ok(shareOf(attempts, 'admitted') > 0.05 && shareOf(attempts, 'refused') > 0.3)
  for (const { bytes, expects } of attempts) {
    const body = Buffer.from(bytes.slice(bytes.indexOf('\r\n\r\n') + 4), 'latin1').toString()
    if (expects === 'admitted') assert.ok(/^\s*\{/.test(body.replace('\ufeff', '')), body)
  }
  assert.ok(attempts.some(({ bytes, expects }) => expects === 'admitted' && bytes.includes('"__proto__"')))
})

test('only our own origin on our own host may pass', () => {
  const attempts = many(originAttempt, cookies)
  for (const { bytes, expects } of attempts) {
    const own = /^Origin: https:\/\/app\.example\r$/m.test(bytes) && bytes.match(/^Host: /gm)?.length === 1
    const host = /^Host: app\.example(:443)?\r$/m.test(bytes)
    assert.equal(expects, own && host ? 'admitted' : 'refused', bytes)
    assert.ok(!bytes.includes('Sec-Fetch-Site'))
  }
  assert.ok(shareOf(attempts, 'admitted') > 0.02)
})

test('forgeries differ from what is right, and hold all that a claim may be wrong in', () => {
  const chosen = Array.from({ length: 3_000 }, (_, seed) =>
    forgery(seededDraw(seed), bearer, 'RS256', 1_000_000),
  )
  assert.deepEqual(
    chosen,
    Array.from({ length: 3_000 }, (_, seed) => forgery(seededDraw(seed), bearer, 'RS256', 1_000_000)),
  )
  for (const { claims, header, as } of chosen) {
    assert.ok(claims || header || as)
    assert.notEqual(as, 'RS256')
  }
  const claimed = new Set(chosen.flatMap(({ claims }) => Object.keys(claims ?? {})))
  for (const name of ['sub', 'jti', 'exp', 'nbf', 'iat', 'iss', 'aud', 'epoch', 'roles'])
    assert.ok(claimed.has(name), name)
  const sessions = Array.from({ length: 100 }, (_, seed) =>
    forgery(seededDraw(seed), cookie, undefined, 1_000_000),
  )
  assert.ok(sessions.every(({ as }) => as !== undefined))
})
