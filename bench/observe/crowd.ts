/** Users who come, use what they came for, and leave, each request when it is due whatever became of those before. */
import { setTimeout as delay } from 'node:timers/promises'
import { inLanes } from '../load/lanes.ts'
import type { Due } from './bins.ts'
import type { Client, Login, Place } from './client.ts'
import { isAccepted, isRefused, nowMs, type Operation } from './history.ts'

/** Somebody who is logged in, as far as he knows. */
interface Member {
  login: Login
  /** `out`: refused although he had not left. `leaving`: whatever he is answered from now on is as it may be. */
  state: 'in' | 'leaving' | 'out'
  /** While a refresh is under way: a token that is used twice is taken for a stolen one. */
  renewing: Promise<Operation | null> | null
}

type Step = 'use' | 'login' | 'logout' | 'revoked' | 'refresh'

/**
 * Mostly reads; as many come as leave; somebody who left tries his old credential. Of an odd number: a proxy that takes two
 * replicas by turns would send all logins to the same one of them.
 */
const STEPS: readonly Step[] = [
  ...(['use', 'use', 'use', 'logout', 'use', 'use', 'revoked', 'use', 'use', 'use'] as const),
  ...(['use', 'login', 'use', 'use', 'revoked', 'use', 'use', 'use', 'refresh', 'use', 'use'] as const),
]
/** So many stay whatever else happens. */
const LEAST_MEMBERS = 20
const LANES = 16

interface CrowdOptions {
  client: Client
  at: Place
  firstUser: number
  users: number
  perSec: number
}

export function openCrowd({ client, at, firstUser, users, perSec }: CrowdOptions) {
  /** Of those who have a right to be served, and of the schedule alone. */
  const requests: Due[] = []
  const inside: Member[] = []
  const everybody: Member[] = []
  const left: { login: Login; revocation: Operation }[] = []
  /** Logouts that were asked for and not acknowledged. */
  const unacknowledged: Operation[] = []
  const underWay = new Set<Promise<void>>()
  let marked: readonly Member[] = []
  let nextUser = 0
  const pickMember = picker(inside)
  const pickLeft = picker(left)

  async function comeIn(user: number): Promise<Operation> {
    const { login, operation } = await client.login(user, at)
    if (isAccepted(operation)) {
      const member: Member = { login, state: 'in', renewing: null }
      inside.push(member)
      everybody.push(member)
    }
    return operation
  }

  async function goOut(): Promise<Operation> {
    // The one who came first, so that each is used for a while.
    const member = inside.shift() as Member
    member.state = 'leaving'
    const operation = await client.revoke(member.login, 'logout', at)
    if (isAccepted(operation)) left.push({ login: member.login, revocation: operation })
    else unacknowledged.push(operation)
    return operation
  }

  /** Null for a login without a refresh token. All who ask meanwhile get the same answer. */
  function renew(member: Member): Promise<Operation | null> {
    member.renewing ??= client.refresh(member.login, at).finally(() => {
      member.renewing = null
    })
    return member.renewing
  }

  /** Who is refused though he has not left gets a new token where he can, and else logs in again. */
  async function afterAnswer(member: Member, operation: Operation): Promise<void> {
    if (!isRefused(operation) || member.state !== 'in') return
    const renewed = operation.action === 'refresh' ? null : await renew(member)
    if (renewed && !isRefused(renewed)) return
    // Several of his requests may have been refused at once.
    if (member.state !== 'in') return
    member.state = 'out'
    inside.splice(inside.indexOf(member), 1)
    await comeIn(member.login.user)
  }

  async function ask(member: Member, step: 'use' | 'refresh', dueMs: number): Promise<void> {
    const renewed = step === 'refresh' ? await renew(member) : null
    const operation = renewed ?? (await client.use(member.login, at))
    if (member.state === 'leaving' && isRefused(operation)) return
    requests.push({ dueMs, operation })
    await afterAnswer(member, operation)
  }

  async function perform(step: Step, dueMs: number): Promise<void> {
    const old = step === 'revoked' ? pickLeft() : undefined
    if (old) return void (await client.use(old.login, at))
    if (step === 'login') {
      const user = firstUser + (nextUser++ % users)
      return void requests.push({ dueMs, operation: await comeIn(user) })
    }
    if (step === 'logout' && inside.length > LEAST_MEMBERS)
      return void requests.push({ dueMs, operation: await goOut() })
    const member = pickMember()
    if (member) await ask(member, step === 'refresh' ? 'refresh' : 'use', dueMs)
  }

  return {
    requests,
    unacknowledged,
    /** Every login that nobody has ended. */
    get alive() {
      return fatesOf(everybody)
    },
    /** Those of them who were in when `mark` was called. */
    get marked() {
      return fatesOf(marked)
    },
    mark() {
      marked = [...inside]
    },
    /** Acknowledged logouts. */
    get revocations() {
      return left.map(({ revocation }) => revocation)
    },
    /** All come. Throws when one is not let in. */
    async gather() {
      const all = Array.from({ length: users }, (_, i) => firstUser + i)
      await inLanes(LANES, all, async (user) => {
        const operation = await comeIn(user)
        if (!isAccepted(operation))
          throw new Error(`user${user} could not log in (${operation.status ?? operation.end})`)
      })
    },
    /** Resolves when it was told to stop and everything that was sent has come to an end. */
    async live(stop: AbortSignal) {
      const startMs = nowMs()
      for (let turn = 0; !stop.aborted; turn++) {
        const dueMs = startMs + (1_000 * turn) / perSec
        const waitMs = dueMs - nowMs()
        if (waitMs > 0) await delay(waitMs)
        const work = perform(STEPS[turn % STEPS.length] as Step, dueMs)
        underWay.add(work)
        void work.finally(() => underWay.delete(work))
      }
      while (underWay.size > 0) await Promise.all(underWay)
    },
    /** Everybody who is in, and everybody who has left, asks once more. */
    async count() {
      await inLanes(LANES, [...inside], async (member) => {
        if (isRefused(await client.use(member.login, at))) member.state = 'out'
      })
      await inLanes(LANES, left, ({ login }) => client.use(login, at))
    },
  }
}

function fatesOf(members: readonly Member[]) {
  const own = members.filter(({ state }) => state !== 'leaving')
  return { asked: own.length, loggedOut: own.filter(({ state }) => state === 'out').length }
}

const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2

/**
 * One after the other from all over a list that may change meanwhile: steps of the golden ratio around it leave no part
 * out for long (Weyl's sequence). In the list's own order all those who meet the same fate would be asked in a row.
 */
function picker<T>(list: readonly T[]): () => T | undefined {
  let turn = 0
  return () => list[Math.floor(((++turn * GOLDEN_RATIO) % 1) * list.length)]
}
