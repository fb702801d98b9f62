/** Checks of how logins end: by logout, by a user's wish everywhere, by time, with their key. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KeyRing, Rotated } from '../config.ts'
import { login, loginCall, logout, me, send } from '../testing/client.ts'
import {
  type Bed,
  type Check,
  everywhere,
  freshLogin,
  hasLogin,
  isToken,
  needsUserWide,
  refusedInTime,
  SHORT,
} from './check.ts'

async function pairOf({ start, server, peer, scheme }: Bed, t: Parameters<Bed['start']>[0]) {
  if (scheme.traits.boundedBy === undefined) return [server, peer] as const
  return [await start(t, SHORT), await start(t, SHORT)] as const
}

export const endingChecks: readonly Check[] = [
  {
    id: 14,
    anchor: 'key rotation',
    title:
      'a credential of a key that was rotated out is accepted; of a key that was removed it is answered 401',
    applies: (traits) =>
      hasLogin(traits) &&
      !traits.unsigned &&
      (traits.state !== 'process' || 'a server with other keys is another process'),
    async run(bed, t) {
      const { credential } = await freshLogin(bed.server, bed.scheme)
      const { rotated, strange } = bed.otherKeys
      const after = await bed.start(t, { KEYS: rotated })
      assert.equal((await me(after, credential)).status, 200, 'rotated out, or a secret that stays')
      const fresh = await login(after, bed.scheme, 14)
      assert.equal((await me(after, fresh)).status, 200)
      const without = await bed.start(t, { KEYS: strange })
      assert.equal((await me(without, credential)).status, 401)
      const edDsa = (ring: string) => (JSON.parse(ring) as KeyRing)['EdDSA' satisfies Rotated]
      assert.notDeepEqual(edDsa(rotated), edDsa(bed.keys))
    },
  },
  {
    id: 15,
    anchor: 'A5 7.4.1',
    title: 'after its logout a credential is answered 401 on every replica, within the declared bound',
    applies: (traits) =>
      hasLogin(traits) &&
      (traits.revocation !== 'at-expiry' || 'a copy of the token works until it expires: nobody is asked'),
    async run(bed, t) {
      const servers = await pairOf(bed, t)
      const { user, credential } = await freshLogin(servers[0], bed.scheme)
      const other = await login(servers[0], bed.scheme, user)
      const homes = bed.scheme.traits.state === 'process' ? servers.slice(0, 1) : servers
      assert.deepEqual(new Set(await everywhere(homes, credential)), new Set([200]))
      assert.equal((await logout(servers[0], credential)).status, 204)
      await refusedInTime(servers, bed.scheme.traits, credential)
      if (bed.scheme.traits.boundedBy !== 'ACCESS_TTL_SEC')
        assert.equal((await me(servers[0], other)).status, 200, 'another login of the same user goes on')
    },
  },
  {
    id: 16,
    anchor: 'A5 7.4.2-5',
    title:
      'log out everywhere, and closing the account: all logins are answered 401 on every replica, within the bound',
    applies: needsUserWide,
    async run(bed, t) {
      const servers = await pairOf(bed, t)
      for (const path of ['/logout-everywhere', '/me/disable']) {
        const stranger = await freshLogin(servers[0], bed.scheme)
        const { user, credential: first } = await freshLogin(servers[0], bed.scheme)
        const others = [first, await login(servers[1], bed.scheme, user)]
        for (const one of others) await everywhere(servers, one)
        // Last, since it must not have expired when it ends them all.
        const credential = await login(servers[0], bed.scheme, user)
        const reply = await send(servers[0], path, { method: 'POST', headers: credential })
        assert.equal(reply.status, 204)
        const again = await send(servers[1], '/login', loginCall(user))
        assert.equal(again.status, path === '/me/disable' ? 401 : 200, 'who may log in again')
        await refusedInTime(servers, bed.scheme.traits, credential, ...others)
        if (bed.scheme.traits.boundedBy !== 'ACCESS_TTL_SEC')
          assert.equal((await me(servers[1], stranger.credential)).status, 200, 'other users go on')
      }
    },
  },
  {
    id: 17,
    anchor: 'A5 7.3.1',
    title: 'a credential that is not used, or whose time is over, is answered 401',
    applies: hasLogin,
    async run({ start, scheme }, t) {
      const server = await start(t, { TTL_SEC: '2' })
      const { credential } = await freshLogin(server, scheme)
      assert.equal((await me(server, credential)).status, 200)
      await sleep(4_000)
      assert.equal((await me(server, credential)).status, 401)
    },
  },
  {
    id: 18,
    anchor: 'A5 7.3.2',
    title: 'a login ends after its last day, however busy its user is',
    applies: (traits) =>
      hasLogin(traits) && (traits.lastDay || 'the packages prolong a session for as long as it is used'),
    async run({ start, scheme }, t) {
      const server = await start(t, { TTL_SEC: '4', ABSOLUTE_TTL_SEC: '5', NEAR_CACHE_SEC: '1' })
      const { credential } = await freshLogin(server, scheme)
      const began = performance.now()
      let accepted = 0
      while (performance.now() < began + 3_000) {
        accepted += Number((await me(server, credential)).status === 200)
        await sleep(200)
      }
      assert.ok(accepted > 0)
      while (performance.now() < began + 8_000) {
        if ((await me(server, credential)).status === 401) return
        await sleep(200)
      }
      assert.fail('accepted 8 s after the login')
    },
  },
  {
    id: 33,
    anchor: 'RFC 4648, 3.5',
    title: 'a token that was logged out, spelled otherwise: 401',
    applies: (traits) =>
      isToken(traits) && traits.state === 'token+redis' && traits.revocation === 'immediate',
    async run({ server, scheme }) {
      const { credential } = await freshLogin(server, scheme)
      const value = String(credential.Authorization)
      assert.equal((await logout(server, credential)).status, 204)
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
      const spellings = [...alphabet].map((last) => value.slice(0, -1) + last)
      for (const text of [
        ...spellings,
        `${value}=`,
        `${value}==`,
        value.replace('Bearer ', 'bearer  '),
        `${value} `,
      ])
        assert.equal((await me(server, { Authorization: text })).status, 401)
    },
  },
]
