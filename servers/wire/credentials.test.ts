/** Credentials that nobody issued: tampered and ambiguous ones. Forged tokens are asked about in checks/tokens.ts. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Scheme } from '../contract.ts'
import { type Credential, login, me, type Reply, secretOf, send } from '../testing/client.ts'
import { everyScheme, type Server, startServer, startShared } from '../testing/servers.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const { redis, keys } = await startShared()

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
