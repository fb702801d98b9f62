/** Checks of tokens that nobody issued, or that differ from those that were. */
import assert from 'node:assert/strict'
import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { deflateRawSync } from 'node:zlib'
import { base64url } from 'jose'
import type { KeyRing } from '../config.ts'
import type { Traits } from '../contract.ts'
import { type Credential, me, secretOf } from '../testing/client.ts'
import { spawnServer } from '../testing/servers.ts'
import { type Bed, type Check, freshLogin, isToken } from './check.ts'
import { forgerOf } from './forge.ts'

const isJws = ({ token }: Traits) => token === 'jws'

/** Sends a token the way that the scheme sends its own. */
async function sender({ server, scheme }: Bed) {
  const { credential } = await freshLogin(server, scheme)
  const { header, prefix, secret } = secretOf(credential)
  const send = (token: string) => me(server, { [header]: prefix + token })
  const refused = async (token: string, what: string) => {
    const { status, text } = await send(token)
    assert.equal(status, 401, `${what}: ${status} ${text}`)
  }
  return { credential: credential as Credential, secret, send, refused }
}

const encoded = (value: object) => base64url.encode(JSON.stringify(value))
const nowSec = () => Math.floor(Date.now() / 1000)

/**
 * Each change of the claims is refused. Claims without a change are accepted, or a mistake in the forging would pass.
 */
async function refusesClaims(bed: Bed, changes: Record<string, object>): Promise<void> {
  const { credential, send, refused } = await sender(bed)
  const { make } = await forgerOf(bed, credential)
  assert.equal((await send(await make())).status, 200)
  for (const [what, change] of Object.entries(changes)) await refused(await make(change), what)
}

const NO_TEXTS: readonly unknown[] = [{}, [], null, 5, true, { toString: 'x' }, ['user1']]
const WRONG_TYPES: Record<string, readonly unknown[]> = {
  ...{ sub: NO_TEXTS, jti: NO_TEXTS, name: NO_TEXTS, email: NO_TEXTS, epoch: NO_TEXTS },
  roles: [{}, null, 5, 'admin', [5], [{}]],
  preferences: [[], null, 5, 'x', { a: 5 }, { a: {} }],
  ...{ iat: [{}, [], null, true], exp: [{}, [], null, true], nbf: [{}, [], null, true] },
}

export const tokenChecks: readonly Check[] = [
  {
    id: 24,
    anchor: 'RFC 8725, 3.1',
    title: 'alg none, nOnE, another algorithm, no signature: 401',
    applies: isJws,
    async run(bed) {
      const { credential, secret, refused } = await sender(bed)
      const { header } = await forgerOf(bed, credential)
      const [, body = '', signature = ''] = secret.split('.')
      for (const alg of ['none', 'nOnE', 'NONE', '', 'HS384', 'RS512', undefined])
        for (const end of ['', signature])
          await refused(`${encoded({ ...header, alg })}.${body}.${end}`, `alg ${alg}`)
      await refused(`${secret.split('.').slice(0, 2).join('.')}.`, 'an empty signature')
    },
  },
  {
    id: 25,
    anchor: 'RFC 8725, 2.1',
    title: 'a token signed with the public key as HMAC secret: 401, not 500',
    applies: isJws,
    async run(bed) {
      const { credential, secret, refused } = await sender(bed)
      const { header } = await forgerOf(bed, credential)
      const input = `${encoded({ ...header, alg: 'HS256' })}.${secret.split('.')[1]}`
      for (const guess of publicForms(JSON.parse(bed.keys)))
        await refused(
          `${input}.${createHmac('sha256', guess).update(input).digest('base64url')}`,
          'HMAC of a public key',
        )
    },
  },
  {
    id: 26,
    anchor: 'A5 9.1.3',
    title: 'jwk, jku, x5u in the header: 401, and nothing is fetched',
    applies: isJws,
    async run(bed, t) {
      const { credential, secret, refused } = await sender(bed)
      const { header } = await forgerOf(bed, credential)
      let fetched = 0
      const bait = createServer((_req, res) => res.end(String(++fetched))).listen(0, '127.0.0.1')
      t.after(() => bait.close())
      await new Promise((resolve) => bait.once('listening', resolve))
      const url = `http://127.0.0.1:${(bait.address() as AddressInfo).port}/keys`
      const key = 'mine'.repeat(8)
      for (const extra of [{ jwk: { kty: 'oct', k: base64url.encode(key) } }, { jku: url }, { x5u: url }]) {
        const input = `${encoded({ ...header, alg: 'HS256', ...extra })}.${secret.split('.')[1]}`
        await refused(
          `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`,
          Object.keys(extra).join(),
        )
      }
      assert.equal(fetched, 0)
    },
  },
  {
    id: 27,
    anchor: 'RFC 8725, 3.10',
    title: 'a kid that is a path, unknown, or 6 KB long: 401',
    applies: isJws,
    async run(bed) {
      const { credential, secret, refused } = await sender(bed)
      const { header, make } = await forgerOf(bed, credential)
      const [, body, signature] = secret.split('.')
      for (const kid of ['../../../dev/null', 'unknown', "x' OR 1=1", 'x'.repeat(6_000)])
        await refused(`${encoded({ ...header, kid })}.${body}.${signature}`, `kid ${kid.slice(0, 9)}`)
      // Signed with the right key under a name that is not its own, where keys have names.
      if (header.kid !== undefined) await refused(await make({}, { kid: 'unknown' }), 'a key by another name')
    },
  },
  {
    id: 28,
    anchor: 'A5 9.2.1',
    title: 'without exp, or with one that is no time or has passed: 401',
    applies: isToken,
    run: (bed) =>
      refusesClaims(bed, {
        'no exp': { exp: undefined },
        'exp in the past': { exp: nowSec() - 10 },
        'exp that is no time': { exp: 'never' },
      }),
  },
  {
    id: 29,
    anchor: 'A5 9.2.1',
    title: 'nbf or iat in the future, or an iat too long ago: 401',
    applies: isToken,
    run: (bed) =>
      refusesClaims(bed, {
        'nbf in the future': { nbf: nowSec() + 60 },
        'iat in the future': { iat: nowSec() + 60, exp: nowSec() + 120 },
        'iat too long ago': { iat: nowSec() - 40_000 },
        'no iat': { iat: undefined },
      }),
  },
  {
    id: 30,
    anchor: 'A5 9.2.3',
    title: 'another or no issuer or audience, or no subject: 401',
    applies: isToken,
    run: (bed) =>
      refusesClaims(bed, {
        'another issuer': { iss: 'https://example.com' },
        'no issuer': { iss: undefined },
        'another audience': { aud: 'another-api' },
        'no audience': { aud: undefined },
        'no subject': { sub: undefined },
        'no jti': { jti: undefined },
      }),
  },
  {
    id: 48,
    anchor: 'RFC 7519, 4.1',
    title: 'signed with our key, and a claim that is used is of another type: 401, never 500',
    applies: isToken,
    run: (bed) =>
      refusesClaims(
        bed,
        Object.fromEntries(
          Object.entries(WRONG_TYPES).flatMap(([claim, values]) =>
            values.map((value) => [`${claim} ${JSON.stringify(value)}`, { [claim]: value }]),
          ),
        ),
      ),
  },
  {
    id: 32,
    anchor: 'RFC 7515, 4.1.11',
    title: 'unknown crit, b64 false, another typ: 401',
    applies: isJws,
    async run(bed) {
      const { credential, refused } = await sender(bed)
      const { make } = await forgerOf(bed, credential)
      await refused(await make({}, { crit: ['x'], x: 1 }), 'unknown crit')
      for (const typ of ['at+jwt', 'dpop+jwt', undefined])
        await refused(await make({}, { typ }), `typ ${typ}`)
    },
  },
  {
    id: 34,
    anchor: 'RFC 7518, 3.2',
    title: 'a secret of under 32 bytes: the server does not start, and says why',
    applies: isToken,
    async run({ name, keys, redis }) {
      for (const secret of ['HS256', 'A256GCM', 'v4.local'] as const) {
        const ring = { ...JSON.parse(keys), [secret]: { kty: 'oct', k: base64url.encode('x'.repeat(31)) } }
        const settings = { SCHEME: name, KEYS: JSON.stringify(ring), REDIS_URL: redis.url }
        const { child, output } = await spawnServer(settings)
        const code = await new Promise((resolve) => child.once('close', resolve))
        assert.equal(code, 1)
        assert.match(output(), /^authscale server: KEYS\.\S+\.k has 31 bytes and needs 32: .*keygen\n$/)
      }
    },
  },
  {
    id: 35,
    anchor: 'RFC 8725, 3.2, 3.6',
    title: 'PBES2 of 10^8 rounds, RSA1_5, a compressed bomb: 401 at once',
    applies: ({ token }) => token === 'jwe',
    async run(bed) {
      const { send, secret } = await sender(bed)
      const rest = secret.split('.').slice(1).join('.')
      const bomb = deflateRawSync(Buffer.alloc(50_000_000)).subarray(0, 6_000).toString('base64url')
      const parts = secret.split('.')
      for (const token of [
        `${encoded({ alg: 'PBES2-HS256+A128KW', enc: 'A256GCM', p2c: 100_000_000, p2s: 'c2FsdA' })}.${rest}`,
        `${encoded({ alg: 'RSA1_5', enc: 'A256GCM', typ: 'JWT' })}.${rest}`,
        [encoded({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' }), '', parts[2], bomb, parts[4]].join('.'),
      ]) {
        const { status, tookMs } = await send(token)
        assert.equal(status, 401)
        // 10^8 rounds would take a minute.
        assert.ok(tookMs < 5_000, `${tookMs} ms`)
      }
    },
  },
  {
    id: 36,
    anchor: 'PASETO v4',
    title: 'a PASETO of another purpose, version or footer, or without one: 401',
    applies: ({ token }) => token === 'paseto',
    async run(bed) {
      const { secret, refused } = await sender(bed)
      const [version, purpose, body, footer] = secret.split('.')
      const end = footer === undefined ? '' : `.${footer}`
      const other = purpose === 'local' ? 'public' : 'local'
      await refused(`${version}.${other}.${body}${end}`, 'purpose')
      for (const earlier of ['v1', 'v2', 'v3', 'V4', 'v5'])
        await refused(`${earlier}.${purpose}.${body}${end}`, earlier)
      for (const wrong of ['', base64url.encode('{"kid":"x"}'), `${footer ?? 'AAAA'}A`])
        await refused(`${version}.${purpose}.${body}.${wrong}`, `footer ${wrong}`)
      if (footer !== undefined) await refused(`${version}.${purpose}.${body}`, 'no footer')
    },
  },
  {
    id: 37,
    anchor: 'A5 9.1.1',
    title: 'each bit of the last 64 bytes flipped: 401',
    applies: isToken,
    async run(bed) {
      const { secret, refused } = await sender(bed)
      const parts = secret.split('.')
      // Where a PASETO has a footer, its signature is before it.
      const place = secret.startsWith('v4.') ? 2 : parts.length - 1
      const bytes = Buffer.from(parts[place] ?? '', 'base64url')
      for (let bit = Math.max(0, 8 * (bytes.length - 64)); bit < 8 * bytes.length; bit += 1) {
        const flipped = Buffer.from(bytes)
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        await refused(parts.with(place, flipped.toString('base64url')).join('.'), `bit ${bit}`)
      }
    },
  },
]

function publicForms(ring: KeyRing): string[] {
  return (['RS256', 'ES256', 'EdDSA'] as const).flatMap((name) => {
    const key = createPublicKey({ key: ring[name] as JsonWebKey, format: 'jwk' })
    return [
      key.export({ type: 'spki', format: 'pem' }) as string,
      JSON.stringify(key.export({ format: 'jwk' })),
    ]
  })
}
