/** Counts what concurrent requests do to each other: lost updates, undone logouts, refresh races, strays. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Traits } from '../../../servers/scheme.ts'
import { inLanes } from '../../load/lanes.ts'
import { boundsOf } from '../../observe/bounds.ts'
import { checkHistory } from '../../observe/check.ts'
import { type Client, type Login, openClient, type Place } from '../../observe/client.ts'
import { isAccepted } from '../../observe/history.ts'
import type { Observer, Scene } from '../../observe/scene.ts'
import type { Observe, Observed } from '../../record/types.ts'

type Seen = Extract<Observed, { kind: 'anomalies' }>
type Asked = Extract<Observe, { kind: 'anomalies' }>

const ANSWER_LIMIT_MS = 5_000
/** For the head of a request to arrive and its guard to have looked, before the logout is sent. */
const IN_FLIGHT_MS = 50
const UNAUTHORIZED = 401
const LANES = 4

interface Ground {
  client: Client
  asked: Asked
  places: readonly Place[]
  closed: AbortSignal
  /** A user whom nobody else has used. */
  fresh(): number
}

export const observeAnomalies: Observer<'anomalies'> = async (asked, scene) => {
  const client = openClient(scene.traits, ANSWER_LIMIT_MS)
  let users = 0
  const fresh = () => scene.firstUser + users++
  const ground = { client, asked, places: scene.running.replicas, closed: scene.closed, fresh }
  try {
    // Side by side, each with users of its own: when the window is too short for all of it, each has its part.
    const [updates, held, races, straying] = await Promise.all([
      lostUpdates(ground, scene.traits),
      endsCredentials(scene.traits) ? heldWrites(ground, scene) : null,
      scene.traits.boundedBy === 'ACCESS_TTL_SEC' ? refreshRaces(ground) : null,
      strays(ground),
    ])
    const { wrongUsers, hangs } = checkHistory(client.history, { oneLoginMs: null, userWideMs: null })
    return {
      kind: 'anomalies',
      updates,
      heldWrites: held,
      races,
      strays: straying,
      wrongUsers: wrongUsers.length,
      hangs: hangs.length,
    }
  } finally {
    client.close()
  }
}

/** Whether the credential itself is refused soon after a logout, so that it could come back to life. */
const endsCredentials = ({ revocation, boundedBy }: Traits) =>
  revocation === 'immediate' || boundedBy === 'NEAR_CACHE_SEC'

/** Where state is in the process, only one replica knows the login. */
function placesOf({ places }: Ground, { state }: Traits, home: number): Place[] {
  const own = places[home % places.length] as Place
  return state === 'process' ? [own] : [...places]
}

async function lostUpdates(ground: Ground, traits: Traits): Promise<Seen['updates']> {
  const { client, asked, closed } = ground
  const total = { n: 0, lost: 0, groups: 0, copies: 0 }
  for (let group = 0; group < asked.updates.groups && !closed.aborted; group++) {
    const places = placesOf(ground, traits, group)
    const { login, operation } = await client.login(ground.fresh(), places[0] as Place)
    if (!isAccepted(operation)) continue
    const tabs = Array.from({ length: asked.updates.clients }, (_, i) => ({
      // Each has a copy of what its login handed out, and keeps what its own writes hand out.
      login: { ...login },
      place: places[i % places.length] as Place,
      key: `k${i}`,
    }))
    const written = await Promise.all(tabs.map((tab) => addPreference(client, tab)))
    const acknowledged = tabs.flatMap((tab, i) => {
      const operation = written[i]
      return operation && isAccepted(operation) ? [{ ...tab, endMs: operation.endMs }] : []
    })
    const found = await Promise.all(acknowledged.map(({ login, place }) => client.preferences(login, place)))
    const last = acknowledged.reduce(
      (best, { endMs }, i) => (endMs > (acknowledged[best]?.endMs ?? 0) ? i : best),
      0,
    )
    const kept = Object.keys(found[last] ?? {})
    total.groups++
    total.n += acknowledged.length
    total.lost += acknowledged.filter(({ key }) => !kept.includes(key)).length
    total.copies += new Set(found.map((state) => JSON.stringify(Object.keys(state ?? {}).sort()))).size
  }
  return total
}

async function addPreference(
  client: Client,
  { login, place, key }: { login: Login; place: Place; key: string },
) {
  const before = await client.preferences(login, place)
  return before ? client.write(login, { ...before, [key]: '1' }, place) : null
}

/** The head of a write is sent, the logout is acknowledged, then the rest of the write comes. */
async function heldWrites(ground: Ground, { traits, settings }: Scene): Promise<Seen['heldWrites']> {
  const { client, asked, closed } = ground
  const revived: { login: Login; places: Place[]; acknowledgedMs: number }[] = []
  let n = 0
  const one = async (i: number) => {
    const places = placesOf(ground, traits, i)
    const place = places[0] as Place
    const { login, operation } = await client.login(ground.fresh(), place)
    if (closed.aborted || !isAccepted(operation)) return
    const old = { ...login }
    let send = () => {}
    const held = new Promise<void>((resolve) => {
      send = resolve
    })
    const write = client.write(login, { theme: 'dark' }, place, held)
    await delay(IN_FLIGHT_MS)
    const logout = await client.revoke(old, 'logout', places[1] ?? place)
    send()
    await write
    if (!isAccepted(logout)) return
    n++
    if (await isAcceptedAnywhere(client, old, places))
      revived.push({ login: old, places, acknowledgedMs: logout.endMs })
  }
  await inLanes(LANES, Array(asked.heldWrites).keys(), one)
  const boundMs = boundsOf(traits, settings).oneLoginMs ?? 0
  const last = Math.max(0, ...revived.map(({ acknowledgedMs }) => acknowledgedMs))
  return { n, undone: await stillAccepted(client, revived, last + boundMs) }
}

/** Before the bound is over an acceptance proves nothing: those are asked once more then. */
async function stillAccepted(
  client: Client,
  revived: readonly { login: Login; places: Place[] }[],
  fromMs: number,
): Promise<number> {
  if (revived.length === 0) return 0
  await delay(Math.max(0, fromMs - client.nowMs()))
  const accepted = await Promise.all(
    revived.map(({ login, places }) => isAcceptedAnywhere(client, login, places)),
  )
  return accepted.filter(Boolean).length
}

async function isAcceptedAnywhere(client: Client, login: Login, places: readonly Place[]): Promise<boolean> {
  return (await Promise.all(places.map((place) => client.use(login, place)))).some(isAccepted)
}

/** The same refresh token from several clients at once, and afterwards each with what it was given. */
async function refreshRaces({ client, asked, places, closed, fresh }: Ground): Promise<Seen['races']> {
  const successors: number[] = []
  const total = { let: 0, loggedOut: 0 }
  for (let race = 0; race < asked.races.times && !closed.aborted; race++) {
    const { login, operation } = await client.login(fresh(), places[race % places.length] as Place)
    if (!isAccepted(operation) || login.refreshToken === null) continue
    const tabs = Array.from({ length: asked.races.clients }, (_, i) => ({
      login: { ...login },
      place: places[i % places.length] as Place,
    }))
    const answers = await Promise.all(tabs.map((tab) => client.refresh(tab.login, tab.place)))
    const renewed = tabs.filter((tab) => tab.login.refreshToken !== login.refreshToken)
    successors.push(renewed.length)
    total.let += answers.filter((answer) => answer && isAccepted(answer)).length - renewed.length
    const after = await Promise.all(renewed.map((tab) => client.refresh(tab.login, tab.place)))
    if (!after.some((answer) => answer && isAccepted(answer))) total.loggedOut++
  }
  return { n: successors.length, clients: asked.races.clients, successors, ...total }
}

/** One login after the other, used at each replica by turns. */
async function strays({ client, asked, places, closed, fresh }: Ground): Promise<Seen['strays']> {
  const total = { n: 0, refused: 0 }
  for (let user = 0; total.n < asked.strays && !closed.aborted; user++) {
    const { login, operation } = await client.login(fresh(), places[user % places.length] as Place)
    if (!isAccepted(operation)) continue
    for (const place of places) {
      const { status } = await client.use(login, place)
      total.n++
      if (status === UNAUTHORIZED) total.refused++
    }
  }
  return total
}
