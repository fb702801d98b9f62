/** Credentials that nobody issued: tampered ones, forged ones, ambiguous ones. Each is answered 401, never 500. */
import assert from 'node:assert/strict'
import { createHmac, createPublicKey, type JsonWebKey, randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { base64url, importJWK, SignJWT } from 'jose'
import { type RunningRedis, startRedis } from '../bench/fleet/redis.ts'
import { type Credential, login, me, type Reply, secretOf, send } from './client-for-tests.ts'
import type { KeyRing } from './config.ts'
import type { Algorithm } from './keys.ts'
import type { Scheme } from './scheme.ts'
import { cleanUp, everyScheme, makeKeys, type Server, startServer } from './servers-for-tests.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

let redis: RunningRedis
let keys: string

before(async () => {
  ;[redis, keys] = await Promise.all([startRedis(), makeKeys()])
})
after(async () => {
  await redis.stop()
  await cleanUp()
})

describe('credentials that nobody issued', { concurrency: 3 }, () => {
  for (const { name, scheme } of everyScheme.filter(({ scheme }) => scheme.traits.transport !== 'none')) {
    describe(name, () => {
      let server: Server
      let valid: Credential
      before(async () => {
        server = await startServer({ SCHEME: name, KEYS: keys, REDIS_URL: redis.url })
        valid = await login(server, scheme, 1)
      })
      after(async () => {
        assert.equal((await me(server, valid)).status, 200, 'the real one still works at the end')
        await server.stop()
      })

      test('one character changed, anywhere', () => rejectsTampering(server, valid))
      test('two credentials at once', () => rejectsAmbiguity(server, scheme, valid))
      if (scheme.traits.token === 'jws') test('forged tokens', () => rejectsForgeries(server, valid))
    })
  }
})

function assertRefused(reply: Reply, what: string): void {
  assert.equal(reply.status, 401, `${what}: ${reply.status} ${reply.text}`)
}

async function rejectsTampering(server: Server, valid: Credential): Promise<void> {
  const { header, prefix, secret } = secretOf(valid)
  const refused = async (text: string, what: string) =>
    assertRefused(await me(server, { [header]: prefix + text }), what)
  // Every position, since each codec and each check owns some of them.
  for (let at = 0; at < secret.length; at += 1) {
    const other = secret[at] === 'A' ? 'B' : 'A'
    await refused(secret.slice(0, at) + other + secret.slice(at + 1), `position ${at} of ${secret.length}`)
  }
  // The last one has bits that decoders ignore, so that several spellings would mean the same signature.
  for (const last of ALPHABET)
    if (!secret.endsWith(last)) await refused(secret.slice(0, -1) + last, `last ${last}`)
  for (const text of ['', secret.slice(0, -1), `${secret}A`, `${secret}=`, `${secret}.`, 'x'.repeat(8000)]) {
    await refused(text, `${text.slice(0, 9)}… of length ${text.length}`)
  }
}

async function rejectsAmbiguity(server: Server, { traits }: Scheme, valid: Credential): Promise<void> {
  const { header, prefix, secret } = secretOf(valid)
  const value = prefix + secret
  if (traits.transport === 'bearer') {
    assertRefused(await me(server, { [header]: [value, value] }), 'two Authorization headers')
    assertRefused(await me(server, { [header]: value, Cookie: `sid=${secret}` }), 'bearer and cookie')
    assert.equal((await me(server, { [header]: value, Cookie: 'theme=dark' })).status, 200)
    assert.equal((await me(server, { [header]: value.replace('Bearer', 'bearer') })).status, 200)
    assertRefused(await me(server, { [header]: value.replace('Bearer', 'Basic') }), 'another scheme')
  } else {
    assertRefused(await me(server, { [header]: `${value}; ${value}` }), 'two cookies')
    assertRefused(
      await me(server, { [header]: value, Authorization: `Bearer ${secret}` }),
      'cookie and bearer',
    )
    assertRefused(await me(server, { [header]: `x${value}` }), 'another cookie')
    assert.equal((await me(server, { [header]: `a=b; x${value};${value}; theme=dark` })).status, 200)
  }
  assertRefused(await send(server, '/me', { headers: { 'X-User': 'user1' } }), 'a name alone')
}

/** Tokens signed with the right key but wrong in one point, and tokens that try to choose their own key. */
async function rejectsForgeries(server: Server, valid: Credential): Promise<void> {
  const { header, prefix, secret } = secretOf(valid)
  const [head, body] = secret
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(new TextDecoder().decode(base64url.decode(part))))
  const ring: KeyRing = JSON.parse(keys)
  const algorithm = head.alg as Algorithm
  const key = await importJWK(ring[algorithm], algorithm)
  const sign = (claims: object, headers: object = {}) =>
    new SignJWT({ ...body, ...claims })
      .setProtectedHeader({ ...head, ...headers })
      .sign(key, { crit: { b64: true, x: true } } as object)
  const sent = async (token: string) => me(server, { [header]: prefix + token })

  // Without this, the refusals below could come from a mistake in the forging.
  assert.equal((await sent(await sign({}))).status, 200)
  const now = Math.floor(Date.now() / 1000)
  const claims: Record<string, object> = {
    'no exp': { exp: undefined },
    'no iat': { iat: undefined },
    'no sub': { sub: undefined },
    'no jti': { jti: undefined },
    'exp in the past': { exp: now - 10 },
    'exp that is no number': { exp: 'never' },
    'iat in the future': { iat: now + 60 },
    'iat too long ago': { iat: now - 4000 },
    'nbf in the future': { nbf: now + 60 },
    'another issuer': { iss: 'https://example.com' },
    'another audience': { aud: 'another-api' },
    'no audience': { aud: undefined },
  }
  for (const [what, change] of Object.entries(claims)) assertRefused(await sent(await sign(change)), what)
  for (const typ of ['at+jwt', 'dpop+jwt', undefined])
    assertRefused(await sent(await sign({}, { typ })), `typ ${typ}`)
  assertRefused(await sent(await sign({}, { crit: ['x'], x: 1 }).catch(() => 'a.b.c')), 'unknown crit')

  const encoded = (value: object) => base64url.encode(JSON.stringify(value))
  const rest = secret.split('.').slice(1).join('.')
  for (const alg of ['none', 'nOnE', 'None', '', 'HS384', undefined]) {
    assertRefused(await sent(`${encoded({ ...head, alg })}.${rest}`), `alg ${alg}`)
    assertRefused(await sent(`${encoded({ ...head, alg })}.${encoded(body)}.`), `alg ${alg}, unsigned`)
  }
  const hmac = (input: string, secretKey: string) =>
    createHmac('sha256', secretKey).update(input).digest('base64url')
  const hs256 = `${encoded({ ...head, alg: 'HS256' })}.${encoded(body)}`
  for (const guess of publicForms(ring))
    assertRefused(await sent(`${hs256}.${hmac(hs256, guess)}`), 'a public key as HMAC key')
  const jwk = { kty: 'oct', k: base64url.encode('mine'.repeat(8)) }
  for (const extra of [
    { jwk },
    { jku: server.url },
    { x5u: server.url },
    { kid: '../../../dev/null' },
    { kid: 'x'.repeat(6000) },
  ]) {
    const own = `${encoded({ ...head, alg: 'HS256', ...extra })}.${encoded({ ...body, jti: randomUUID() })}`
    assertRefused(await sent(`${own}.${hmac(own, 'mine'.repeat(8))}`), Object.keys(extra).join())
  }
}

function publicForms(ring: KeyRing): string[] {
  return (['RS256', 'ES256', 'EdDSA'] as const).flatMap((name) => {
    const key = createPublicKey({ key: ring[name] as JsonWebKey, format: 'jwk' })
    return [
      key.export({ type: 'spki', format: 'pem' }) as string,
      JSON.stringify(key.export({ format: 'jwk' })),
    ]
  })
}
