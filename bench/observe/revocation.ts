/** Revokes logins of its own, one after the other, and asks every replica densely until when each is accepted. */
import type { Observed } from '../types.ts'
import { boundsOf } from './bounds.ts'
import { checkHistory, describe, describeLate, type Findings } from './check.ts'
import { type Client, type Login, openClient, type Place, type Revoking } from './client.ts'
import { isAccepted, type Operation } from './history.ts'
import type { Observer } from './scene.ts'
import { type Pace, watch } from './watch.ts'

type Seen = Extract<Observed, { kind: 'revocation' }>
type Way = Seen['ways'][number]

/** Far above what a loaded replica takes, and a few times what it waits for Redis before it says 503. */
const ANSWER_LIMIT_MS = 2_000
const CANNOT = 501
const EXAMPLES = 5

interface Turn {
  way: Revoking
  user: number
  /** Counts all turns, so that each replica is now the one that revokes and now one of the others. */
  number: number
}

export const observeRevocation: Observer<'revocation'> = async (asked, scene) => {
  const { running, traits, settings, firstUser, closed } = scene
  const client = openClient(traits, ANSWER_LIMIT_MS)
  const bounds = boundsOf(traits, settings)
  const ways = new Map(
    asked.ways.map((way) => [way, emptyWay(way, way === 'logout' ? bounds.oneLoginMs : bounds.userWideMs)]),
  )
  // Ways by turns: a machine that slowly changes its speed favours none of them.
  const turns = Array.from({ length: asked.repeats }, (_, repeat) =>
    asked.ways.map((way, i) => ({ way, number: repeat * asked.ways.length + i })),
  ).flat()
  const lane = async () => {
    for (let turn = turns.shift(); turn && !closed.aborted; turn = turns.shift()) {
      const way = ways.get(turn.way)
      if (!way || way.unsupported) continue
      await takeTurn(
        client,
        { ...turn, user: firstUser + turn.number },
        { places: running.replicas, pace: asked, closed },
        way,
      )
    }
  }
  try {
    await Promise.all(Array.from({ length: asked.atOnce }, lane))
    return {
      kind: 'revocation',
      ways: [...ways.values()],
      ...told(client.history, checkHistory(client.history, bounds)),
    }
  } finally {
    client.close()
  }
}

interface Ground {
  places: readonly Place[]
  pace: Pace
  closed: AbortSignal
}

/** Logs in, is seen everywhere, revokes while every replica is being asked, and goes on asking until all is quiet. */
async function takeTurn(
  client: Client,
  { way, user, number }: Turn,
  { places, pace, closed }: Ground,
  seen: Way,
) {
  const home = places[number % places.length] as Place
  // Who is logged out everywhere, or locked out, is so on the other device: that login is the one that is watched.
  const devices = way === 'logout' ? 1 : 2
  const logins: Login[] = []
  for (let device = 0; device < devices; device++) logins.push(await loggedIn(client, user, home))
  const [revoking, watched] = [logins[0] as Login, logins.at(-1) as Login]
  const knownAt: Place[] = []
  for (const place of places) if (isAccepted(await client.use(watched, place))) knownAt.push(place)
  // From another replica where one knows the login: what only its own replica hears of shows then.
  const from = knownAt.find(({ id }) => id !== home.id) ?? home
  const outcome = await watch(client, watched, { places, pace, closed }, () =>
    client.revoke(revoking, way, from),
  )
  if (outcome.revocation.status === CANNOT) seen.unsupported = true
  else if (!isAccepted(outcome.revocation)) throw new Error(describe(outcome.revocation))
  else if (outcome.refusedFromMs === null) seen.cut++
  else {
    seen.lastAcceptedMs.push(outcome.lastAcceptedMs)
    seen.refusedFromMs.push(outcome.refusedFromMs)
  }
}

async function loggedIn(client: Client, user: number, at: Place): Promise<Login> {
  const { login, operation } = await client.login(user, at)
  if (!isAccepted(operation)) throw new Error(describe(operation))
  return login
}

const emptyWay = (way: Revoking, boundMs: number | null): Way => ({
  way,
  boundMs,
  unsupported: false,
  lastAcceptedMs: [],
  refusedFromMs: [],
  cut: 0,
})

function told(history: readonly Operation[], { late, wrongUsers, hangs }: Findings) {
  return {
    uses: history.filter(({ action }) => action === 'use').length,
    late: late.length,
    wrongUsers: wrongUsers.length,
    hangs: hangs.length,
    examples: [...late.map(describeLate), ...wrongUsers.map(describe), ...hangs.map(describe)].slice(
      0,
      EXAMPLES,
    ),
  }
}
