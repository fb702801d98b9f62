/** Counts what concurrent requests do to each other: lost updates, undone logouts, refresh races, strays. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Traits } from '../../../servers/scheme.ts'
import { inLanes } from '../../load/lanes.ts'
import { boundsOf } from '../../observe/bounds.ts'
import { checkHistory } from '../../observe/check.ts'
import { type Client, type Login, openClient, type Place } from '../../observe/client.ts'
import { isAccepted, isRefused } from '../../observe/history.ts'
import type { Observer, Scene } from '../../observe/scene.ts'
import type { Observe, Observed } from '../../record/types.ts'

type Seen = Extract<Observed, { kind: 'anomalies' }>
type Asked = Extract<Observe, { kind: 'anomalies' }>

const ANSWER_LIMIT_MS = 5_000
/** For the head of a request to arrive and its guard to have looked, before the logout is sent. */
const IN_FLIGHT_MS = 50
const LANES = 4

interface Ground extends Scene {
  client: Client
  asked: Asked
  /** A user whom nobody else has used. */
  fresh(): number
}

export const observeAnomalies: Observer<'anomalies'> = async (asked, scene) => {
  const client = openClient(scene.traits, ANSWER_LIMIT_MS)
  let users = 0
  const ground = { ...scene, client, asked, fresh: () => scene.firstUser + users++ }
  try {
    // Side by side, each with users of its own: when the window is too short for all of it, each has its part.
    const renews = scene.traits.boundedBy === 'ACCESS_TTL_SEC'
    const [updates, held, races, replies, straying] = await Promise.all([
      lostUpdates(ground),
      endsCredentials(scene.traits) ? heldWrites(ground) : null,
      renews ? refreshRaces(ground) : null,
      renews ? lostReplies(ground) : null,
      strays(ground),
    ])
    const { wrongUsers, hangs } = checkHistory(client.history, { oneLoginMs: null, userWideMs: null })
    return {
      kind: 'anomalies',
      updates,
      heldWrites: held,
      races,
      lostReplies: replies,
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
function placesOf({ running: { replicas }, traits }: Ground, home: number): readonly Place[] {
  return traits.state === 'process' ? [replicas[home % replicas.length] as Place] : replicas
}

async function lostUpdates(ground: Ground): Promise<Seen['updates']> {
  const { client, asked, closed } = ground
  const total = { n: 0, lost: 0, groups: 0, copies: 0 }
  for (let group = 0; group < asked.updates.groups && !closed.aborted; group++) {
    const places = placesOf(ground, group)
    const { login, operation } = await client.login(ground.fresh(), places[0] as Place)
    if (!isAccepted(operation)) continue
    const tabs = tabsOf(login, asked.updates.clients, places)
    const written = await Promise.all(tabs.map((tab) => addPreference(client, tab)))
    const acknowledged = written.filter((one) => one !== null)
    const found = await Promise.all(acknowledged.map(({ login, place }) => client.preferences(login, place)))
    const lastMs = Math.max(...acknowledged.map(({ endMs }) => endMs))
    const kept = Object.keys(found[acknowledged.findIndex(({ endMs }) => endMs === lastMs)] ?? {})
    total.groups++
    total.n += acknowledged.length
    total.lost += acknowledged.filter(({ key }) => !kept.includes(key)).length
    total.copies += new Set(found.map((state) => JSON.stringify(Object.keys(state ?? {}).sort()))).size
  }
  return total
}

/** Each has a copy of what its login handed out, and keeps what its own requests hand out. */
function tabsOf(login: Login, clients: number, places: readonly Place[]) {
  const placeOf = (i: number) => places[i % places.length] as Place
  return Array.from({ length: clients }, (_, i) => ({ login: { ...login }, place: placeOf(i), key: `k${i}` }))
}

/** Null where that is not acknowledged. */
async function addPreference(client: Client, tab: ReturnType<typeof tabsOf>[number]) {
  const before = await client.preferences(tab.login, tab.place)
  const written = before && (await client.write(tab.login, { ...before, [tab.key]: '1' }, tab.place))
  return written && isAccepted(written) ? { ...tab, endMs: written.endMs } : null
}

/** The head of a write is sent, the logout is acknowledged, then the rest of the write comes. */
async function heldWrites(ground: Ground): Promise<Seen['heldWrites']> {
  const { client, asked, closed, traits, settings } = ground
  const revived: { login: Login; places: readonly Place[]; acknowledgedMs: number }[] = []
  let n = 0
  const one = async (i: number) => {
    const places = placesOf(ground, i)
    const place = places[0] as Place
    const { login, operation } = await client.login(ground.fresh(), place)
    if (closed.aborted || !isAccepted(operation)) return
    const old = { ...login }
    const logout = delay(IN_FLIGHT_MS).then(() => client.revoke(old, 'logout', places[1] ?? place))
    const answered = logout.then(() => {})
    await client.write(login, { theme: 'dark' }, place, answered)
    const revocation = await logout
    if (!isAccepted(revocation)) return
    n++
    if (await isAcceptedAnywhere(client, old, places))
      revived.push({ login: old, places, acknowledgedMs: revocation.endMs })
  }
  await inLanes(LANES, Array(asked.heldWrites).keys(), one)
  const boundMs = boundsOf(traits, settings).oneLoginMs ?? 0
  const lastMs = Math.max(...revived.map(({ acknowledgedMs }) => acknowledgedMs))
  // Before the bound is over an acceptance proves nothing: those are asked once more then.
  if (revived.length > 0) await delay(Math.max(0, lastMs + boundMs - client.nowMs()))
  const still = await Promise.all(
    revived.map(({ login, places }) => isAcceptedAnywhere(client, login, places)),
  )
  return { n, undone: still.filter(Boolean).length }
}

async function isAcceptedAnywhere(client: Client, login: Login, places: readonly Place[]): Promise<boolean> {
  return (await Promise.all(places.map((place) => client.use(login, place)))).some(isAccepted)
}

/** The same refresh token from several clients at once, and afterwards each with what it was given. */
async function refreshRaces({ client, asked, running, closed, fresh }: Ground): Promise<Seen['races']> {
  const places = running.replicas
  const successors: number[] = []
  const total = { let: 0, loggedOut: 0 }
  for (let race = 0; race < asked.races.times && !closed.aborted; race++) {
    const { login, operation } = await client.login(fresh(), places[race % places.length] as Place)
    if (!isAccepted(operation) || login.refreshToken === null) continue
    const tabs = tabsOf(login, asked.races.clients, places)
    const answers = await Promise.all(tabs.map((tab) => client.refresh(tab.login, tab.place)))
    const renewed = tabs.filter((tab) => tab.login.refreshToken !== login.refreshToken)
    const different = new Set(renewed.map((tab) => tab.login.refreshToken)).size
    successors.push(different)
    total.let += answers.filter((answer) => answer && isAccepted(answer)).length - different
    const after = await Promise.all(renewed.map((tab) => client.refresh(tab.login, tab.place)))
    if (!after.some((answer) => answer && isAccepted(answer))) total.loggedOut++
  }
  return { n: successors.length, clients: asked.races.clients, successors, ...total }
}

/** A refresh token is used a second time: by its owner, whom the reply did not reach, or by somebody with a copy. */
async function lostReplies({ client, asked, running, closed, fresh }: Ground): Promise<Seen['lostReplies']> {
  const placeOf = (i: number) => running.replicas[i % running.replicas.length] as Place
  const used = async (i: number) => {
    const { login } = await client.login(fresh(), placeOf(i))
    const answer = await client.refresh({ ...login }, placeOf(i))
    return answer && isAccepted(answer) ? login : null
  }
  const renews = async (login: Login, i: number) => {
    const answer = await client.refresh(login, placeOf(i))
    return answer !== null && isAccepted(answer)
  }
  const total = { n: 0, wentOn: 0, copies: 0, letIn: 0 }
  for (let i = 0; i < asked.races.times && !closed.aborted; i++) {
    const [own, copied] = [await used(i), await used(i)]
    if (own) {
      total.n++
      if ((await renews(own, i + 1)) && (await renews(own, i))) total.wentOn++
    }
    if (copied) {
      total.copies++
      if (await renews(copied, i + 1)) total.letIn++
    }
  }
  return total
}

/** One login after the other, used at each replica by turns. */
async function strays({ client, asked, running, closed, fresh }: Ground): Promise<Seen['strays']> {
  const places = running.replicas
  const total = { n: 0, refused: 0 }
  for (let user = 0; total.n < asked.strays && !closed.aborted; user++) {
    const { login, operation } = await client.login(fresh(), places[user % places.length] as Place)
    if (!isAccepted(operation)) continue
    for (const place of places) {
      const operation = await client.use(login, place)
      total.n++
      if (isRefused(operation)) total.refused++
    }
  }
  return total
}
