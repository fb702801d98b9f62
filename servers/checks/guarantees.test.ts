/** What each scheme guarantees: every check that its traits make apply, over HTTP; the table of all outcomes is kept. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { everyScheme, keygen, startServer, startShared } from '../testing/servers.ts'
import type { Bed, Check } from './check.ts'
import { checks } from './index.ts'
import { matrix, type Outcome, outcomeKey } from './matrix.ts'

const TABLE = path.resolve(import.meta.dirname, '../GUARANTEES.md')
const outcomes = new Map<string, Outcome>()

const { redis, client, keys } = await startShared()
const otherKeys = {
  rotated: await keygen(['--rotate'], { KEYS: keys }),
  strange: JSON.stringify({ ...JSON.parse(await keygen([])), previous: {} }),
}

/** A busy machine must not look like a slow Redis, which stores/redis.test.ts is about. */
const PATIENT = { REDIS_TIMEOUT_MS: '10000', USERS: '1000000' }

async function bedOf({ name, scheme }: (typeof everyScheme)[number]): Promise<Bed> {
  const prefix = `${name}:`
  const base = { SCHEME: name, KEYS: keys, REDIS_URL: redis.url, KEY_PREFIX: prefix, ...PATIENT }
  const [server, peer] = await Promise.all([startServer(base), startServer({ ...base, REPLICA: 'r2' })])
  return {
    ...{ name, scheme, keys, otherKeys, server, peer, redis: { url: redis.url, client, prefix } },
    async start(t, settings) {
      const one = await startServer({ ...base, ...settings })
      t.after(() => one.stop())
      return one
    },
  }
}

async function judged(check: Check, bed: Bed, t: TestContext): Promise<void> {
  const key = outcomeKey(check, bed.name)
  outcomes.set(key, 'fails')
  const differs = bed.scheme.traits.stock && check.stock
  await (differs ? differs.run(bed, t) : check.run(bed, t))
  outcomes.set(key, differs ? 'differs' : 'passes')
}

describe('guarantees', { concurrency: 2 }, () => {
  for (const one of everyScheme) {
    // Checks mostly wait for a lifetime to end. With more at once servers would answer as late as they do on a full machine.
    describe(one.name, { concurrency: 4 }, () => {
      let bed: Bed
      before(async () => {
        bed = await bedOf(one)
      })
      after(async () => {
        await Promise.all([bed.server.stop(), bed.peer.stop()])
      })
      for (const check of checks.filter(({ applies }) => applies(one.scheme.traits) === true))
        test(`#${check.id} [${check.anchor}] ${check.title}`, (t) => judged(check, bed, t))
      test('the process lives', async () => {
        assert.equal((await fetch(`${bed.server.url}/healthz`)).status, 200)
      })
    })
  }
})

test('the table says what was found', async () => {
  const table = matrix(everyScheme, checks, outcomes)
  if (process.env.UPDATE_GOLDEN) await writeFile(TABLE, table)
  assert.equal(await readFile(TABLE, 'utf8'), table, 'UPDATE_GOLDEN=1 npm test writes it anew')
})
