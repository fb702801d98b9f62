/**
 * What the README of express-session promises of sessions and asks of their stores, for the store of session-redis and for
 * the tuned one alike, and each point in which the two differ.
 */
import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { after, before, describe, type TestContext, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { RedisStore } from 'connect-redis'
import express, { type ErrorRequestHandler, type Request } from 'express'
import session, { type SessionData, type SessionOptions } from 'express-session'
import type { Redis } from 'ioredis'
import { readConfig, type ServerConfig } from '../config.ts'
import { schemeNames } from '../scheme.ts'
import { callsOf, until } from '../testing/redis.ts'
import { startShared } from '../testing/servers.ts'
import { cookieName, cookieOptions } from '../wire/credentials.ts'
import { openRedis } from './redis.ts'
import { TunedStore, tunedCommands } from './tuned-store.ts'

const { redis, client, keys } = await startShared()

const LIFE_SEC = 60
const LIFE_MS = LIFE_SEC * 1000
const PATIENCE_MS = 10_000
/** A callback that is never called fails its suite. */
const BOUND = { timeout: 60_000 }

type Kind = 'stock' | 'tuned'
const KINDS: readonly Kind[] = ['stock', 'tuned']

/** A step of the application: what it returns is answered as JSON. */
type Step = (req: Request) => unknown

interface Options extends Partial<SessionOptions> {
  lifeSec?: number
}

interface Visit {
  status: number
  /** Of the session as the request began, or of a new one. */
  id: string
  /** What the step returned; undefined where it failed. */
  value: unknown
  /** Of the error that was passed on. */
  error: string | undefined
  setCookie: string | undefined
  /** What a browser sends from now on. */
  cookie: string | undefined
}

interface Served {
  store: RedisStore
  visit(step: string, cookie?: string): Promise<Visit>
  keyOf(id: string): string
  /** What Redis holds of a session; null for nothing. */
  kept(id: string): Promise<Kept | null>
  /** The ids of all sessions in Redis. */
  ids(): Promise<string[]>
}

interface Kept {
  cookie: { originalMaxAge: unknown; expires: unknown }
  [name: string]: unknown
}

const clients = new Map<Kind, Redis>()
let prefixes = 0

function configOf(more: NodeJS.ProcessEnv = {}): ServerConfig {
  const env = {
    SCHEME: 'session-redis-tuned',
    KEYS: keys,
    REDIS_URL: redis.url,
    // A busy machine must not look like a slow Redis.
    REDIS_TIMEOUT_MS: '5000',
    PLAIN_HTTP: '1',
    ...more,
  }
  return readConfig(env, schemeNames)
}

before(async () => {
  for (const kind of KINDS) {
    const use = { enableAutoPipelining: kind === 'tuned', commands: tunedCommands(configOf()) }
    clients.set(kind, await openRedis(configOf(), use))
  }
})
after(() => {
  for (const each of clients.values()) each.disconnect()
})

/** A store as its scheme makes it, with a prefix of its own. */
function open(kind: Kind, lifeSec = LIFE_SEC): { store: RedisStore; config: ServerConfig } {
  prefixes += 1
  const config = configOf({ KEY_PREFIX: `case${prefixes}:`, TTL_SEC: String(lifeSec) })
  const own = clients.get(kind) ?? assert.fail()
  const store =
    kind === 'tuned'
      ? new TunedStore(own, config)
      : new RedisStore({ client: own, prefix: `${config.keyPrefix}sess:`, disableTouch: !config.touch })
  return { store, config }
}

/** An application with the middleware of the schemes. What goes wrong after an answer fails the test. */
async function serve(
  t: TestContext,
  kind: Kind,
  steps: Readonly<Record<string, Step>>,
  { lifeSec, ...options }: Options = {},
): Promise<Served> {
  const { store, config } = open(kind, lifeSec)
  const late: unknown[] = []
  const app = express()
  app.use(
    session({
      name: cookieName(config, 'sid'),
      secret: config.keys.sessionSecret,
      store,
      resave: false,
      saveUninitialized: false,
      cookie: { ...cookieOptions(config), maxAge: config.ttlSec * 1000 },
      ...options,
    }),
  )
  app.get('/:step', async (req, res) => {
    const id = req.sessionID
    const value = await (steps[req.params.step] ?? assert.fail(`no step ${req.params.step}`))(req)
    res.json({ id, value })
  })
  const answerError: ErrorRequestHandler = (error, _req, res, _next) => {
    if (res.headersSent) late.push(error)
    else res.status(500).json({ error: String(error) })
  }
  app.use(answerError)

  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
    assert.deepEqual(late, [])
  })
  const { port } = server.address() as AddressInfo
  const keyOf = (id: string) => store.prefix + id
  return {
    store,
    keyOf,
    async visit(step, cookie) {
      const reply = await fetch(`http://127.0.0.1:${port}/${step}`, {
        headers: cookie ? { cookie } : {},
        signal: AbortSignal.timeout(PATIENCE_MS),
      })
      const [setCookie, ...others] = reply.headers.getSetCookie()
      assert.deepEqual(others, [], 'one cookie at most')
      const { id, value, error } = (await reply.json()) as Visit
      return { status: reply.status, id, value, error, setCookie, cookie: setCookie?.split(';')[0] ?? cookie }
    },
    async kept(id) {
      const json = await client.get(keyOf(id))
      return json === null ? null : JSON.parse(json)
    },
    async ids() {
      return (await client.keys(keyOf('*'))).map((key) => key.slice(keyOf('').length))
    },
  }
}

/** The session as the data that an application keeps in it. */
const dataOf = (req: Request) => req.session as unknown as Record<string, unknown>

const write = (text: string): Step => {
  return (req) => {
    dataOf(req).note = text
  }
}
const readNote: Step = (req) => dataOf(req).note ?? null
const destroy: Step = (req) => failure((done) => req.session.destroy(done))

/** What a step of express-session or of a store hands to its callback as an error; null for none. */
function failure(step: (done: (error?: unknown) => void) => unknown): Promise<string | null> {
  return new Promise((resolve) => step((error) => resolve(error ? String(error) : null)))
}

function get(store: RedisStore, id: string): Promise<SessionData | null | undefined> {
  return new Promise((resolve, reject) => {
    store.get(id, (error, data) => (error ? reject(error) : resolve(data)))
  })
}

const set = (store: RedisStore, id: string, data: object) =>
  failure((done) => store.set(id, data as SessionData, done))

/** A session as JSON has it. */
function plain(data: object = {}): object {
  return { cookie: { originalMaxAge: LIFE_MS, expires: inMs(LIFE_MS), httpOnly: true, path: '/' }, ...data }
}

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString()

function expiresOf({ setCookie }: Visit): number {
  return Date.parse(/; Expires=([^;]+)/.exec(setCookie ?? '')?.[1] ?? assert.fail(`no Expires: ${setCookie}`))
}

/** Cookies have whole seconds. */
function isAfter(time: number, ms: number, from: number, to: number): void {
  isWithin(time, from + ms - 1001, to + ms)
}

function isWithin(value: number, above: number, most: number): void {
  // Without a message Node looks for one in the source, and does not find its way through this file.
  assert.ok(value > above && value <= most, `${value} is not above ${above} and at most ${most}`)
}

/** A door that requests wait at. */
function door(): { arrived(): number; pass(): Promise<void>; open(): void } {
  let count = 0
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const pass = () => {
    count += 1
    return opened
  }
  return { arrived: () => count, pass, open }
}

/** How often `SET` was called while `act` ran. */
async function setsDuring(act: () => Promise<unknown>): Promise<number> {
  const count = async () => (await callsOf(client)).set ?? 0
  const before = await count()
  await act()
  return (await count()) - before
}

/** The errors that end a process which listens for none of them, and whence. node:test listens, and would fail. */
async function uncaughtDuring(act: () => Promise<unknown>): Promise<[error: unknown, origin: string][]> {
  const seen: [unknown, string][] = []
  const note = (error: Error, origin: string) => seen.push([error, origin])
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('uncaughtExceptionMonitor', note)
  process.setUncaughtExceptionCaptureCallback(() => {})
  try {
    await act()
    await until(async () => seen.length > 0)
    // Another one would come in the same turn or the next.
    for (let turn = 0; turn < 3; turn += 1) await nextTurn()
  } finally {
    process.setUncaughtExceptionCaptureCallback(null)
    process.off('uncaughtExceptionMonitor', note)
    for (const other of others) process.on('unhandledRejection', other)
  }
  return seen
}

for (const kind of KINDS) {
  describe(`${kind}: methods of a store`, BOUND, () => {
    test('it is an EventEmitter', () => {
      assert.equal(open(kind).store instanceof EventEmitter, true)
    })

    test('get: a session that is missing is no error, and none', async () => {
      const { store } = open(kind)
      assert.equal(await get(store, 'missing'), null)
    })

    test('get: an error of Redis is passed on', async (t) => {
      const { store, keyOf, visit } = await serve(t, kind, { read: readNote, write: write('one') })
      const { id, cookie } = await visit('write')
      await client.del(keyOf(id))
      await client.lpush(keyOf(id), 'a list')
      await assert.rejects(get(store, id))
      const visited = await visit('read', cookie)
      assert.equal(visited.status, 500)
      assert.equal(visited.setCookie, undefined)
    })

    test('set: what was set is got, and the session of nobody else', async () => {
      const { store } = open(kind)
      const [a, b] = [plain({ user: { name: 'a' }, list: [1, 'ä', null] }), plain({ user: { name: 'b' } })]
      assert.equal(await set(store, 'a', a), null)
      assert.equal(await set(store, 'b', b), null)
      assert.deepEqual(await get(store, 'a'), a)
      assert.deepEqual(await get(store, 'b'), b)
    })

    test('set: again, it replaces the whole', async () => {
      const { store } = open(kind)
      await set(store, 'a', plain({ one: 1 }))
      const again = plain({ two: 2 })
      assert.equal(await set(store, 'a', again), null)
      assert.deepEqual(await get(store, 'a'), again)
    })

    test('set: data that was got, or that was set before, is no session of a request and can be set after destroy', async () => {
      const { store } = open(kind)
      const own = plain({ one: 1 })
      await set(store, 'a', own)
      const got = await get(store, 'a')
      for (const data of [own, got ?? assert.fail()]) {
        await failure((done) => store.destroy('a', done))
        assert.equal(await set(store, 'a', data), null)
        assert.deepEqual(await get(store, 'a'), own)
      }
    })

    test('set: what is no JSON is an error, and what was kept stays', async () => {
      const { store } = open(kind)
      const kept = plain({ one: 1 })
      await set(store, 'a', kept)
      const round: Record<string, unknown> = {}
      round.round = round
      for (const data of [{ round }, { big: 1n }]) {
        assert.match((await set(store, 'a', plain(data))) ?? 'no error', /^TypeError/)
        assert.deepEqual(await get(store, 'a'), kept)
      }
    })

    test('destroy: it is gone, another one is not, and once more is no error', async () => {
      const { store } = open(kind)
      await set(store, 'a', plain())
      await set(store, 'b', plain())
      for (let i = 0; i < 2; i += 1) {
        assert.equal(await failure((done) => store.destroy('a', done)), null)
        assert.equal(await get(store, 'a'), null)
      }
      assert.notEqual(await get(store, 'b'), null)
    })

    test('touch: one that is missing is no error, and stays so', async () => {
      const { store } = open(kind)
      assert.equal(await failure((done) => store.touch('a', plain() as SessionData, done)), null)
      assert.equal(await get(store, 'a'), null)
    })

    test('load: a session with methods, or none', async () => {
      const { store } = open(kind)
      type Loaded = session.Session & { one: number }
      const load = (id: string) =>
        new Promise<unknown>((resolve, reject) => {
          store.load(id, (error, loaded) => (error ? reject(error) : resolve(loaded)))
        })
      assert.equal(await load('a'), undefined)
      await set(store, 'a', plain({ one: 1 }))
      const loaded = (await load('a')) as Loaded
      assert.equal(loaded instanceof session.Session, true)
      assert.deepEqual([loaded.id, loaded.one, loaded.cookie.originalMaxAge], ['a', 1, LIFE_MS])
      loaded.one = 2
      assert.equal(await failure((done) => loaded.save(done)), null)
      assert.equal(((await load('a')) as Loaded).one, 2)
    })

    test('all, ids, length and clear: of this prefix and no other', async () => {
      const [{ store }, { store: other }] = [open(kind), open(kind)]
      await set(other, 'z', plain())
      for (const id of ['a', 'b']) await set(store, id, plain({ of: id }))
      const all = (await store.all()) as { id: string; of: string }[]
      assert.deepEqual(all.map(({ id, of }) => `${id}${of}`).sort(), ['aa', 'bb'])
      assert.deepEqual((await store.ids()).sort(), ['a', 'b'])
      assert.equal(await store.length(), 2)
      assert.equal(await failure((done) => store.clear(done)), null)
      assert.equal(await store.length(), 0)
      assert.equal(await other.length(), 1)
    })
  })

  describe(`${kind}: begin, save and end`, BOUND, () => {
    test('saveUninitialized false: a new session without data leaves no key and sets no cookie', async (t) => {
      const { visit, ids } = await serve(t, kind, { read: readNote })
      assert.equal((await visit('read')).setCookie, undefined)
      assert.deepEqual(await ids(), [])
    })

    test('saveUninitialized true: it is kept, and is the same one at the next request', async (t) => {
      const { visit, ids } = await serve(t, kind, { read: readNote }, { saveUninitialized: true })
      const first = await visit('read')
      assert.deepEqual(await ids(), [first.id])
      const next = await visit('read', first.cookie)
      assert.deepEqual([next.id, next.setCookie], [first.id, undefined])
    })

    test('a new session that is saved without regenerate exists afterwards, and has an end', async (t) => {
      const steps: Record<string, Step> = {
        read: readNote,
        implicit: write('one'),
        explicit(req) {
          dataOf(req).note = 'one'
          return failure((done) => req.session.save(done))
        },
      }
      const { visit, keyOf } = await serve(t, kind, steps)
      for (const how of ['implicit', 'explicit']) {
        const { id, cookie } = await visit(how)
        const lifeMs = await client.pttl(keyOf(id))
        isWithin(lifeMs, 0, LIFE_MS)
        const next = await visit('read', cookie)
        assert.deepEqual([next.id, next.value], [id, 'one'], how)
      }
    })

    test('save: implicit at the end of the response if something was changed, and only then', async (t) => {
      const { visit, kept } = await serve(t, kind, { read: readNote, one: write('one'), two: write('two') })
      const { id, cookie } = await visit('one')
      assert.equal(await setsDuring(() => visit('two', cookie)), 1)
      assert.equal((await kept(id))?.note, 'two')
      assert.equal(await setsDuring(() => visit('read', cookie)), 0)
      assert.equal(await setsDuring(() => visit('two', cookie)), 0, 'the same as before is no change')
    })

    test('save: explicit, it is kept before the callback, and not saved again at the end', async (t) => {
      const steps: Record<string, Step> = {
        one: write('one'),
        async save(req) {
          dataOf(req).note = 'saved'
          const error = await failure((done) => req.session.save(done))
          return [error, (await kept(req.sessionID))?.note]
        },
      }
      const { visit, kept } = await serve(t, kind, steps)
      const { cookie } = await visit('one')
      const saves = await setsDuring(async () => {
        assert.deepEqual((await visit('save', cookie)).value, [null, 'saved'])
      })
      assert.equal(saves, 1)
    })

    test('save: twice in a request, of a new session and of one that was there', async (t) => {
      const twice: Step = async (req) => {
        const found: unknown[] = []
        for (const note of ['first', 'second']) {
          dataOf(req).note = note
          found.push(await failure((done) => req.session.save(done)), (await kept(req.sessionID))?.note)
        }
        return found
      }
      const { visit, kept } = await serve(t, kind, { twice, read: readNote })
      const expected = [null, 'first', null, 'second']
      const { value, cookie } = await visit('twice')
      assert.deepEqual(value, expected)
      assert.deepEqual((await visit('twice', cookie)).value, expected)
      assert.equal((await visit('read', cookie)).value, 'second')
    })

    test('save: its callback may be left out', async (t) => {
      const saveWithout: Step = (req) => {
        dataOf(req).note = 'saved'
        req.session.save()
      }
      const { visit } = await serve(t, kind, { saveWithout, read: readNote })
      const { cookie } = await visit('saveWithout')
      assert.equal((await visit('read', cookie)).value, 'saved')
    })

    test('resave true: each request saves, also one that changes nothing', async (t) => {
      const { visit } = await serve(t, kind, { read: readNote, write: write('one') }, { resave: true })
      const { cookie } = await visit('write')
      assert.equal(await setsDuring(() => visit('read', cookie)), 1)
      assert.equal((await visit('read', cookie)).value, 'one')
    })

    test('an id that is not in the store is not adopted, however well it is signed', async (t) => {
      const { visit, keyOf, ids } = await serve(t, kind, { read: readNote, write: write('one') })
      const planted = await visit('write')
      await client.del(keyOf(planted.id))
      const own = await visit('write', planted.cookie)
      assert.notEqual(own.id, planted.id)
      assert.deepEqual(await ids(), [own.id])
    })

    test('regenerate: a new id without data, and the old one is gone', async (t) => {
      const steps: Record<string, Step> = {
        write: write('one'),
        read: readNote,
        async regenerate(req) {
          const error = await failure((done) => req.session.regenerate(done))
          return { error, id: req.session.id, sameId: req.session.id === req.sessionID, note: readNote(req) }
        },
      }
      const { visit, ids } = await serve(t, kind, steps)
      const old = await visit('write')
      const renewed = await visit('regenerate', old.cookie)
      const { id } = renewed.value as { id: string }
      assert.deepEqual(renewed.value, { error: null, id, sameId: true, note: null })
      assert.notEqual(id, old.id)
      assert.deepEqual(await ids(), [id])
      assert.notEqual(renewed.cookie, old.cookie)
      assert.equal((await visit('read', renewed.cookie)).id, id)
      assert.notEqual((await visit('read', old.cookie)).id, old.id)
    })

    test('destroy: the session is gone from Redis and from its request', async (t) => {
      const steps: Record<string, Step> = {
        write: write('one'),
        read: readNote,
        destroy: async (req) => [await destroy(req), req.session === undefined],
      }
      const { visit, ids } = await serve(t, kind, steps)
      const { id, cookie } = await visit('write')
      const ended = await visit('destroy', cookie)
      assert.deepEqual([ended.status, ended.value, ended.setCookie], [200, [null, true], undefined])
      assert.deepEqual(await ids(), [])
      const next = await visit('read', cookie)
      assert.notEqual(next.id, id)
      assert.equal(next.value, null)
    })

    test('callbacks may be left out, of the methods of a session and of its store', async (t) => {
      const { store, visit, ids } = await serve(t, kind, {
        write: write('one'),
        end(req) {
          req.session.destroy(undefined as never)
        },
      })
      const { cookie } = await visit('write')
      await visit('end', cookie)
      await until(async () => (await ids()).length === 0)
      store.set('plain', plain() as SessionData)
      await until(async () => (await ids()).length === 1)
      store.touch('plain', plain() as SessionData, undefined as never)
      store.destroy('plain')
      await until(async () => (await ids()).length === 0)
    })

    test('save: of the earlier session after regenerate, and under another id, takes nothing from the request', async (t) => {
      const { visit, kept, ids } = await serve(t, kind, {
        write: write('one'),
        async saveEarlier(req) {
          const earlier = req.session
          await failure((done) => req.session.regenerate(done))
          dataOf(req).note = 'new'
          await failure((done) => earlier.save(done))
          return req.session?.id
        },
        saveElsewhere: async (req) => [
          await failure((done) => req.sessionStore.set('other', req.session as SessionData, done)),
          req.session !== undefined,
        ],
      })
      const { cookie } = await visit('write')
      const renewed = await visit('saveEarlier', cookie)
      assert.equal((await kept(String(renewed.value)))?.note, 'new')
      assert.deepEqual((await visit('saveElsewhere', renewed.cookie)).value, [null, true])
      assert.ok((await ids()).includes('other'), 'what was set under another id is there')
    })

    for (const [unset, left] of [
      ['destroy', []],
      ['keep', ['one']],
    ] as const) {
      test(`unset '${unset}': req.session without a session, deleted or null`, async (t) => {
        const unsetBy = (remove: (req: Request) => void): Step => {
          return (req) => {
            dataOf(req).note = 'ignored'
            remove(req)
          }
        }
        const steps = {
          write: write('one'),
          deleted: unsetBy((req) => Reflect.deleteProperty(req, 'session')),
          nulled: unsetBy((req) => Object.assign(req, { session: null })),
        }
        for (const how of ['deleted', 'nulled']) {
          const { visit, ids, kept } = await serve(t, kind, steps, { unset })
          const { cookie } = await visit('write')
          assert.equal((await visit(how, cookie)).status, 200)
          const notes = await Promise.all((await ids()).map(async (id) => (await kept(id))?.note))
          assert.deepEqual(notes, left, how)
        }
      })
    }

    test('genid: its ids are used, for a first session and for a regenerated one, whatever is in them', async (t) => {
      const given = ['short', 'with space, ä and :colons:%', 'x'.repeat(500)]
      let next = 0
      const genid = () => given[next++] ?? assert.fail('no more ids')
      const regenerate: Step = (req) => failure((done) => req.session.regenerate(done))
      const { visit, ids } = await serve(
        t,
        kind,
        { write: write('one'), regenerate, read: readNote },
        { genid },
      )
      let { cookie } = await visit('write')
      for (const id of given) {
        assert.deepEqual(await ids(), [id])
        assert.equal((await visit('read', cookie)).id, id)
        if (next < given.length) ({ cookie } = await visit('regenerate', cookie))
      }
    })
  })

  describe(`${kind}: reload`, BOUND, () => {
    const reload: Step = async (req) => {
      dataOf(req).note = 'changed'
      const before = req.session
      const error = await failure((done) => req.session.reload(done))
      return {
        error,
        note: readNote(req),
        isNew: req.session !== before,
        sameId: req.session.id === before.id,
      }
    }

    test('it restores what is in the store, and a save afterwards saves', async (t) => {
      const reloadAndSave: Step = async (req) => {
        const reloaded = await reload(req)
        dataOf(req).note = 'saved'
        return [reloaded, await failure((done) => req.session.save(done))]
      }
      const { visit, kept } = await serve(t, kind, { write: write('one'), reload, reloadAndSave })
      const { id, cookie } = await visit('write')
      const reloaded = { error: null, note: 'one', isNew: true, sameId: true }
      assert.deepEqual((await visit('reload', cookie)).value, reloaded)
      assert.equal((await kept(id))?.note, 'one')
      assert.deepEqual((await visit('reloadAndSave', cookie)).value, [reloaded, null])
      assert.equal((await kept(id))?.note, 'saved')
    })

    test('it sees what another request has saved meanwhile', async (t) => {
      const waiting = door()
      const reloadLater: Step = async (req) => {
        await waiting.pass()
        return reload(req)
      }
      const { visit } = await serve(t, kind, { one: write('one'), two: write('two'), reloadLater })
      const { cookie } = await visit('one')
      const reloading = visit('reloadLater', cookie)
      await until(async () => waiting.arrived() === 1)
      await visit('two', cookie)
      waiting.open()
      assert.equal(((await reloading).value as { note: string }).note, 'two')
    })

    test('a session that is missing is an error, and the response revives nothing and is answered', async (t) => {
      const reloadMissing: Step = async (req) => {
        await client.del(keyOf(req.sessionID))
        return failure((done) => req.session.reload(done))
      }
      const { visit, keyOf, ids } = await serve(t, kind, { write: write('one'), reloadMissing })
      const { cookie } = await visit('write')
      const reply = await visit('reloadMissing', cookie)
      assert.deepEqual([reply.status, reply.value], [200, 'Error: failed to load session'])
      assert.deepEqual(await ids(), [])
    })
  })

  describe(`${kind}: lives and cookies`, BOUND, () => {
    const cookieOf: Step = (req) => {
      const { maxAge, originalMaxAge, expires } = req.session.cookie
      return { maxAge, originalMaxAge, isDate: expires instanceof Date }
    }
    interface Seen {
      maxAge: number
      originalMaxAge: number
      isDate: boolean
    }

    test('a session that is used lives on, also where nothing is changed', async (t) => {
      const { visit, keyOf } = await serve(t, kind, {
        write: write('one'),
        read: readNote,
        again: write('two'),
      })
      const { id, cookie } = await visit('write')
      for (const use of ['read', 'again']) {
        await client.pexpire(keyOf(id), LIFE_MS / 2)
        assert.equal((await visit(use, cookie)).id, id)
        isWithin(await client.pttl(keyOf(id)), LIFE_MS / 2, LIFE_MS)
      }
    })

    test('one that is not used ends', async (t) => {
      const { visit, keyOf } = await serve(t, kind, { write: write('one'), read: readNote }, { lifeSec: 1 })
      const { id, cookie } = await visit('write')
      await until(async () => (await client.exists(keyOf(id))) === 0)
      const late = await visit('read', cookie)
      assert.notEqual(late.id, id)
      assert.equal(late.value, null)
    })

    test('maxAge is what remains, originalMaxAge stays; touch begins anew, and reload goes back', async (t) => {
      const arithmetic: Step = async (req) => {
        const first = cookieOf(req)
        req.session.touch()
        const touched = cookieOf(req)
        await failure((done) => req.session.reload(done))
        return [first, touched, cookieOf(req)]
      }
      const { visit, kept, keyOf } = await serve(t, kind, {
        write: write('one'),
        arithmetic,
        again: write('two'),
      })
      const from = Date.now()
      const begun = await visit('write')
      isAfter(expiresOf(begun), LIFE_MS, from, Date.now())
      const saved = (await kept(begun.id)) ?? assert.fail()
      // The stock cookie reads it off its own end, a moment later.
      isWithin(Number(saved.cookie.originalMaxAge), LIFE_MS - 1000, LIFE_MS)
      isAfter(Date.parse(String(saved.cookie.expires)), LIFE_MS, from, Date.now())

      const halfway = { ...saved, cookie: { ...saved.cookie, expires: inMs(LIFE_MS / 2) } }
      await client.set(keyOf(begun.id), JSON.stringify(halfway), 'KEEPTTL')
      const [first, touched, reloaded] = (await visit('arithmetic', begun.cookie)).value as [Seen, Seen, Seen]
      for (const { originalMaxAge, isDate } of [first, touched, reloaded]) {
        isWithin(originalMaxAge, LIFE_MS - 1000, LIFE_MS)
        assert.ok(isDate)
      }
      isWithin(first.maxAge, 0, LIFE_MS / 2)
      isWithin(touched.maxAge, LIFE_MS / 2, LIFE_MS)
      isWithin(reloaded.maxAge, 0, first.maxAge)

      const later = Date.now()
      const again = await visit('again', begun.cookie)
      isAfter(expiresOf(again), LIFE_MS, later, Date.now())
      isAfter(Date.parse(String((await kept(begun.id))?.cookie.expires)), LIFE_MS, later, Date.now())
    })

    for (const [how, assign] of [
      ['maxAge', (cookie) => Object.assign(cookie, { maxAge: LIFE_MS / 2 })],
      ['expires', (cookie) => Object.assign(cookie, { expires: new Date(Date.now() + LIFE_MS / 2) })],
    ] as [string, (cookie: session.Cookie) => void][]) {
      test(`a session has a life of its own by ${how}, and keeps it`, async (t) => {
        const shorten: Step = (req) => {
          dataOf(req).note = 'shorter'
          assign(req.session.cookie)
        }
        const { visit } = await serve(t, kind, { shorten, cookieOf, write: write('one') })
        const from = Date.now()
        const first = await visit('shorten')
        isAfter(expiresOf(first), LIFE_MS / 2, from, Date.now())
        const { originalMaxAge, maxAge } = (await visit('cookieOf', first.cookie)).value as Seen
        // By `expires` it is what remained when that was assigned.
        isWithin(originalMaxAge, LIFE_MS / 2 - 1000, LIFE_MS / 2)
        isWithin(maxAge, 0, LIFE_MS / 2)
        const later = Date.now()
        isAfter(expiresOf(await visit('write', first.cookie)), LIFE_MS / 2, later, Date.now())
      })
    }

    test('expires false: the cookie lasts as long as the browser, and the session is kept', async (t) => {
      const untilClosed: Step = (req) => {
        dataOf(req).note = 'open'
        req.session.cookie.expires = false as unknown as null
      }
      const { visit, keyOf } = await serve(t, kind, { untilClosed, read: readNote, again: write('again') })
      const first = await visit('untilClosed')
      assert.doesNotMatch(first.setCookie ?? 'no cookie', /no cookie|Expires|Max-Age/)
      isWithin(await client.pttl(keyOf(first.id)), 0, Number.POSITIVE_INFINITY)
      assert.equal((await visit('read', first.cookie)).value, 'open')
      assert.equal((await visit('again', first.cookie)).status, 200)
      assert.equal((await visit('read', first.cookie)).value, 'again')
    })

    test('rolling: each response has the cookie with its full life, except for a session without data', async (t) => {
      const { visit } = await serve(t, kind, { write: write('one'), read: readNote }, { rolling: true })
      assert.equal((await visit('read')).setCookie, undefined)
      const { id, cookie } = await visit('write')
      const from = Date.now()
      const rolled = await visit('read', cookie)
      assert.equal(rolled.id, id)
      isAfter(expiresOf(rolled), LIFE_MS, from, Date.now())
    })

    test('not rolling: a response without a change has none', async (t) => {
      const { visit } = await serve(t, kind, { write: write('one'), read: readNote })
      const { cookie } = await visit('write')
      assert.equal((await visit('read', cookie)).setCookie, undefined)
    })
  })

  describe(`${kind}: what is found in Redis`, BOUND, () => {
    /** As another program would leave it. */
    const replaced = async (t: TestContext, json: string) => {
      const served = await serve(t, kind, { write: write('one'), read: readNote, use: useAll })
      const begun = await served.visit('write')
      await client.set(served.keyOf(begun.id), json, 'EX', LIFE_SEC)
      return { ...served, begun }
    }
    const methods = ['touch', 'resetMaxAge', 'save', 'reload', 'destroy', 'regenerate'] as const
    const useAll: Step = async (req) => {
      const found = Object.keys(req.session).sort()
      req.session.touch().resetMaxAge()
      const errors = [
        await failure((done) => req.session.save(done)),
        await failure((done) => req.session.reload(done)),
      ]
      return { found, errors, sameId: req.session.id === req.sessionID, isRequest: dataOf(req).req === req }
    }

    test('names of what a session has itself are not taken from there; all others are data', async (t) => {
      const taken = ['req', 'id', ...methods, 'constructor', 'toString', 'hasOwnProperty', '__proto__']
      const data = [
        'maxAge',
        'originalMaxAge',
        'expires',
        'epoch',
        'length',
        'sessionID',
        'store',
        'then',
        '',
      ]
      const fields = [...taken, ...data].map((name) => `${JSON.stringify(name)}:"text"`)
      const json = JSON.stringify(plain()).replace(/\}$/, `,${fields.join(',')}}`)
      const { visit, kept, begun } = await replaced(t, json)
      const { status, value } = await visit('use', begun.cookie)
      const found = [...data, 'cookie'].sort()
      assert.deepEqual([status, value], [200, { found, errors: [null, null], sameId: true, isRequest: true }])
      assert.deepEqual(Object.keys((await kept(begun.id)) ?? {}).sort(), found)
      assert.equal(Object.hasOwn(Object.prototype, 'text'), false)
    })

    for (const json of [
      '{"note":"one"}',
      '{"cookie":null}',
      '{"cookie":"text"}',
      '123',
      'true',
      '"text"',
      '[]',
    ]) {
      test(`a session without a cookie passes an error on, and is left as it is: ${json}`, async (t) => {
        const { visit, keyOf, begun } = await replaced(t, json)
        const { status, error, setCookie } = await visit('read', begun.cookie)
        assert.equal(status, 500)
        assert.match(error ?? 'no error', /^TypeError/)
        assert.equal(setCookie, undefined)
        assert.equal(await client.get(keyOf(begun.id)), json)
        assert.equal((await visit('write')).status, 200, 'others are served')
      })
    }

    test('a reload that finds a session without a cookie passes an error on', async (t) => {
      const { visit, keyOf } = await serve(t, kind, {
        write: write('one'),
        async reload(req) {
          await client.set(keyOf(req.sessionID), '{}', 'EX', LIFE_SEC)
          return failure((done) => req.session.reload(done))
        },
      })
      const { cookie } = await visit('write')
      assert.match(String((await visit('reload', cookie)).value), /^TypeError/)
    })

    for (const json of ['', 'null']) {
      test(`nothing is no session: ${JSON.stringify(json)}`, async (t) => {
        const { visit, begun } = await replaced(t, json)
        const { status, id } = await visit('write', begun.cookie)
        assert.equal(status, 200)
        assert.notEqual(id, begun.id)
      })
    }

    // An error would keep its user from logging in anew: the guard of a login reads the session as well.
    const isError = kind === 'stock'
    for (const text of ['no JSON', '{', '{"cookie":', '\u0000']) {
      const becomes = isError ? 'an error' : 'no session'
      test(`text that is no JSON is ${becomes} and crashes nothing: ${JSON.stringify(text)}`, async (t) => {
        const { visit, begun } = await replaced(t, text)
        const { status, id } = await visit('write', begun.cookie)
        assert.equal(status, isError ? 500 : 200)
        assert.notEqual(id, begun.id)
        assert.equal((await visit('write')).status, 200, 'others are served')
      })
    }
  })

  describe(`${kind}: requests at the same time`, BOUND, () => {
    test('of two that each change something the last one wins, with all that it has', async (t) => {
      const doors = [door(), door()]
      const change =
        (which: number): Step =>
        async (req) => {
          await doors[which]?.pass()
          dataOf(req)[`of${which}`] = true
        }
      const { visit, kept } = await serve(t, kind, { write: write('one'), first: change(0), last: change(1) })
      const { id, cookie } = await visit('write')
      const changes = [visit('first', cookie), visit('last', cookie)]
      await until(async () => doors.every(({ arrived }) => arrived() === 1))
      for (const [i, each] of doors.entries()) {
        each.open()
        assert.equal((await changes[i])?.status, 200)
      }
      const { cookie: _, ...data } = (await kept(id)) ?? assert.fail()
      assert.deepEqual(data, { note: 'one', of1: true })
    })

    test('of many, one is kept whole', async (t) => {
      const notes = Array.from({ length: 20 }, (_, i) => `note${i}`)
      const steps = Object.fromEntries(notes.map((note) => [note, write(note)]))
      const { visit, kept, ids } = await serve(t, kind, { ...steps, write: write('one') })
      const { id, cookie } = await visit('write')
      const replies = await Promise.all(notes.map((note) => visit(note, cookie)))
      for (const reply of replies) assert.deepEqual([reply.status, reply.id], [200, id])
      assert.deepEqual(await ids(), [id])
      assert.equal(notes.includes(String((await kept(id))?.note)), true)
    })
  })

  describe(`${kind}: errors of the application`, BOUND, () => {
    // connect-redis calls a callback that threw once more, with what it threw, and a second error ends in a promise of
    // nobody's. The tuned store leaves both alone.
    const [times, whence] = kind === 'stock' ? [2, 'unhandledRejection'] : [1, 'uncaughtException']

    for (const step of ['save', 'reload', 'destroy', 'regenerate'] as const) {
      test(`thrown by a callback of ${step}, an error reaches the process, after ${times} calls`, async (t) => {
        const own = new Error('of the application')
        let calls = 0
        const careless: Step = (req) => {
          req.session[step](() => {
            calls += 1
            throw own
          })
        }
        const { visit } = await serve(t, kind, { write: write('one'), careless })
        const { cookie } = await visit('write')
        const uncaught = await uncaughtDuring(async () => {
          assert.equal((await visit('careless', cookie)).status, 200)
        })
        assert.equal(uncaught[0]?.[0], own)
        assert.deepEqual([uncaught.length, uncaught[0][1], calls], [1, whence, times])
      })
    }
  })
}

/**
 * The tuned store differs on purpose: a request that was under way during a logout must not log the user in again. Stock
 * writes the session back, as the README says of `save`.
 */
describe('a save of a session that was destroyed meanwhile', BOUND, () => {
  const explicit: Step = async (req) => {
    dataOf(req).note = 'late'
    const error = await failure((done) => req.session.save(done))
    return [error, req.session === undefined ? 'no session' : 'session']
  }
  const implicit = write('late')
  const failedReload: Step = async (req) => {
    dataOf(req).note = 'late'
    const error = await failure((done) => req.session.reload(done))
    assert.equal(error, 'Error: failed to load session')
  }
  const ways: [name: string, step: Step, options: Options][] = [
    ['explicit', explicit, {}],
    ['explicit, unset destroy', explicit, { unset: 'destroy' }],
    ['implicit', implicit, {}],
    ['implicit, rolling', implicit, { rolling: true }],
    ['unchanged, with resave', (req) => void req.session, { resave: true }],
    ['a change and a failed reload', failedReload, {}],
  ]

  for (const [name, step, options] of ways) {
    for (const kind of KINDS) {
      test(`${kind}, ${name}: ${kind === 'stock' ? 'it is written back' : 'nothing is written'}`, async (t) => {
        const waiting = door()
        const late: Step = async (req) => {
          await waiting.pass()
          return step(req)
        }
        const steps = { write: write('one'), read: readNote, late, destroy }
        const { visit, ids } = await serve(t, kind, steps, options)
        const { id, cookie } = await visit('write')
        const saving = visit('late', cookie)
        await until(async () => waiting.arrived() === 1)
        assert.equal((await visit('destroy', cookie)).value, null)
        assert.deepEqual(await ids(), [])
        waiting.open()
        const reply = await saving
        assert.equal(reply.status, 200)
        if (step === explicit)
          assert.deepEqual(reply.value, [null, kind === 'stock' ? 'session' : 'no session'])
        assert.deepEqual(await ids(), kind === 'stock' ? [id] : [])
        assert.equal((await visit('read', cookie)).id === id, kind === 'stock')
      })
    }
  }

  for (const kind of KINDS) {
    test(`${kind}: the same for a new session that was saved before, and for one after regenerate`, async (t) => {
      const saveDestroySave: Step = async (req) => {
        await explicit(req)
        assert.deepEqual(await ids(), [req.session.id])
        await failure((done) => store.destroy(req.sessionID, done))
        return explicit(req)
      }
      const regenerated: Step = async (req) => {
        await failure((done) => req.session.regenerate(done))
        return saveDestroySave(req)
      }
      const { visit, ids, store } = await serve(t, kind, { saveDestroySave, regenerated })
      for (const step of ['saveDestroySave', 'regenerated']) {
        const { value } = await visit(step)
        assert.deepEqual(value, [null, kind === 'stock' ? 'session' : 'no session'], step)
        assert.equal((await ids()).length, kind === 'stock' ? 1 : 0, step)
        await client.del((await ids()).map((id) => store.prefix + id).concat('none'))
      }
    })
  }
})

/**
 * The README leaves it to a store how long it keeps what. connect-redis follows the cookie of each session. In the tuned
 * scheme a cookie lasts to the last day of its login, far longer than an unused session, so its store has one life for all.
 */
describe('a session with a life of its own', BOUND, () => {
  for (const kind of KINDS) {
    const how = kind === 'stock' ? 'ends with its cookie' : 'is kept as long as any other'
    test(`${kind}: it ${how}`, async (t) => {
      const live =
        (ms: number): Step =>
        (req) => {
          dataOf(req).note = `${ms}`
          req.session.cookie.maxAge = ms
        }
      const { visit, keyOf } = await serve(t, kind, { shorter: live(LIFE_MS / 2), over: live(-1000) })
      const { id, cookie } = await visit('shorter')
      const lifeMs = await client.pttl(keyOf(id))
      assert.equal(lifeMs > LIFE_MS / 2, kind === 'tuned', `${lifeMs} ms`)
      isWithin(lifeMs, 0, LIFE_MS)
      const over = await visit('over', cookie)
      assert.ok(expiresOf(over) < Date.now(), 'the browser forgets it in either case')
      assert.equal(await client.exists(keyOf(id)), kind === 'tuned' ? 1 : 0)
    })
  }
})
