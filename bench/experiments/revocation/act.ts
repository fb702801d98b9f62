/** Revokes logins of its own, one after the other, and asks every replica densely until when each is accepted. */
import { setTimeout as delay } from 'node:timers/promises'
import { inLanes } from '../../load/lanes.ts'
import { boundsOf, shippedBoundsOf } from '../../observe/bounds.ts'
import { type Bounds, checkHistory, describe, describeLate } from '../../observe/check.ts'
import { type Client, type Login, openClient, type Place, type Revoking } from '../../observe/client.ts'
import { isAccepted, nowMs } from '../../observe/history.ts'
import type { Observer } from '../../observe/scene.ts'
import type { Observe, Observed } from '../../record/types.ts'
import { watch } from './act/watch.ts'

type Seen = Extract<Observed, { kind: 'revocation' }>
type Way = Seen['ways'][number]

/** Far above what a loaded replica takes, and a few times what it waits for Redis before it says 503. */
const ANSWER_LIMIT_MS = 2_000
const CANNOT = 501
const SECOND_MS = 1_000
const EXAMPLES = 5

/** One revocation, of a user who is never used again. */
interface Turn {
  seen: Way
  user: number
  /** Counts the repeats; the user logs in at each replica by turns. */
  repeat: number
}

interface Ground {
  client: Client
  places: readonly Place[]
  pace: Extract<Observe, { kind: 'revocation' }>
  closed: AbortSignal
}

export const observeRevocation: Observer<'revocation'> = async (asked, scene) => {
  const { running, traits, settings, firstUser, closed } = scene
  const client = openClient(traits, ANSWER_LIMIT_MS)
  const ground = { client, places: running.replicas, pace: asked, closed }
  const bounds = boundsOf(traits, settings)
  const ways = asked.ways.map((way) => emptyWay(way, bounds, shippedBoundsOf(traits)))
  const watched: Login[] = []
  const beganMs = nowMs()
  try {
    await inLanes(asked.atOnce, turnsOf(asked.repeats, ways, firstUser), async (turn) => {
      if (closed.aborted || turn.seen.unsupported) return
      // Lifetimes end with whole seconds: those that begin together would all end together, whatever their number.
      await delay(beganMs + (SECOND_MS * turn.repeat) / asked.repeats - nowMs())
      const login = await takeTurn(ground, turn)
      if (login) watched.push(login)
    })
    await lookAgain(ground, watched)
    return { kind: 'revocation', ways, ...found(client, checkHistory(client.history, bounds)) }
  } finally {
    client.close()
  }
}

/** Ways by turns: a machine that slowly changes its speed favours none of them. */
function turnsOf(repeats: number, ways: readonly Way[], firstUser: number): Turn[] {
  return Array.from({ length: repeats }, (_, repeat) =>
    ways.map((seen, i) => ({ seen, user: firstUser + repeat * ways.length + i, repeat })),
  ).flat()
}

/**
 * Logs in, is seen everywhere, revokes while every replica is being asked, and goes on asking until all is quiet.
 *
 * @returns the login that was watched; null where a replica did not let it in, or did not end it
 */
async function takeTurn(ground: Ground, { seen, user, repeat }: Turn): Promise<Login | null> {
  const { client, places } = ground
  const home = places[repeat % places.length] as Place
  const own = await client.login(user, home)
  // Log out everywhere and lock out act on other devices too: a login on another device is the one that is watched.
  const watched = seen.way === 'logout' ? own : await client.login(user, home)
  if (![own, watched].every(({ operation }) => isAccepted(operation))) return refusedTurn(seen)
  const knownAt: Place[] = []
  for (const place of places) if (isAccepted(await client.use(watched.login, place))) knownAt.push(place)
  // Asked at another replica, where one knows the login: this shows what only the first replica has heard of.
  const from = knownAt.find(({ id }) => id !== home.id) ?? home
  const outcome = await watch(ground, watched.login, () => client.revoke(own.login, seen.way, from))
  const { revocation, lastAcceptedMs, refusedFromMs } = outcome
  if (revocation.status === CANNOT && seen.boundMs === null) seen.unsupported = true
  else if (!isAccepted(revocation)) return refusedTurn(seen)
  else if (refusedFromMs === null) seen.cut++
  else {
    seen.ageMs.push(exact(revocation.endMs - watched.operation.startMs))
    seen.lastAcceptedMs.push(lastAcceptedMs === null ? null : exact(lastAcceptedMs))
    seen.refusedFromMs.push(exact(refusedFromMs))
  }
  return watched.login
}

function refusedTurn(seen: Way): null {
  seen.refused++
  return null
}

/** A credential that came back to life after its watch shows here at the latest. */
async function lookAgain({ client, places, closed }: Ground, watched: readonly Login[]): Promise<void> {
  for (const login of watched) {
    if (closed.aborted) return
    await Promise.all(places.map((place) => client.use(login, place)))
  }
}

const boundOf = (way: Revoking, { oneLoginMs, userWideMs }: Bounds) =>
  way === 'logout' ? oneLoginMs : userWideMs

const emptyWay = (way: Revoking, bounds: Bounds, shipped: Bounds): Way => ({
  way,
  boundMs: boundOf(way, bounds),
  shippedBoundMs: boundOf(way, shipped),
  unsupported: false,
  ageMs: [],
  lastAcceptedMs: [],
  refusedFromMs: [],
  refused: 0,
  cut: 0,
})

function found({ history }: Client, { late, wrongUsers, hangs }: ReturnType<typeof checkHistory>) {
  const examples = [...late.map(describeLate), ...wrongUsers.map(describe), ...hangs.map(describe)]
  return {
    uses: history.filter(({ action }) => action === 'use').length,
    late: late.length,
    wrongUsers: wrongUsers.length,
    hangs: hangs.length,
    examples: examples.slice(0, EXAMPLES),
  }
}

/** To the microsecond, which is more than the clock of a request is good for. */
const exact = (ms: number) => Math.round(ms * 1_000) / 1_000
