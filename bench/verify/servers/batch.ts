/** What is tried together: logins that are thrown away afterwards, endings in their order, then many attempts at once. */

import type { Traits } from '../../../servers/scheme.ts'
import type { Draw } from '../../stats/seeded.ts'
import {
  type Attempt,
  bytesOf,
  cannot,
  draftOf,
  LOGOUT,
  type Login,
  lineOf,
  ME,
  PREFERENCES,
  pick,
  REFRESH,
  type Stock,
} from './attempt.ts'
import { bodyAttempt } from './bodies.ts'
import { counterfeitAttempt } from './credentials.ts'
import { doubleAttempt } from './doubles.ts'
import { endings, renewals } from './endings.ts'
import { type Forgery, forgery } from './forged.ts'
import { asItIs, logIn, refusal, type Try, useOf, valid } from './logins.ts'
import { originAttempt } from './origins.ts'
import { rawAttempt } from './raw.ts'
import { algorithmOf, type Ring, sealed } from './sealing.ts'

/** The draws of what has this name. */
export type DrawOf = (name: string) => Draw

/** Of one scheme, from its first batch to the last. */
export interface Subject {
  traits: Traits
  ring: Ring
  own: Login
  other: Login
  /** Logins that have ended by themselves. */
  expired: readonly Login[]
}

/** How many of each kind in a batch. */
const MIX = {
  raw: 40,
  bodies: 15,
  counterfeits: 40,
  doubles: 12,
  forged: 20,
  origins: 10,
  expired: 6,
  renewals: 6,
}
const FIRST_USER = 1_000
const USERS_A_BATCH = 10

/** As it was, or changed; to the server that issued it, or to one with the same keys. */
function expiredAttempt(draw: Draw, stock: Stock, { expired }: Subject): Attempt {
  const login = pick(draw, expired)
  const whole = refusal('expired', asItIs(stock, login, pick(draw, [ME, PREFERENCES])))
  const made = draw(2) === 0 ? whole : counterfeitAttempt(draw, stock, login)
  // Spliced, it may have become another one whole, which the other server alone has issued.
  return draw(3) === 0 || made.holders.length > 0 ? made : { ...made, kind: 'ended', toBrief: true }
}

function forgedAttempt(draw: Draw, { traits, ring, own }: Subject): Promise<Attempt> {
  const one = forgery(draw, traits, algorithmOf(own.secret), Math.floor(Date.now() / 1_000))
  return withSealed(one, ring, own, traits, {
    kind: 'forged',
    what: one.what,
    expects: 'refused',
    holders: [],
  })
}

/** One that is right: it is let in, or a mistake in the forging would pass for a refusal. */
const rightAttempt = ({ traits, ring, own }: Subject) =>
  withSealed({ what: '' }, ring, own, traits, valid('made with the right key', '', [own.name]))

async function withSealed(
  one: Forgery,
  ring: Ring,
  own: Login,
  traits: Traits,
  attempt: Omit<Attempt, 'bytes'>,
): Promise<Attempt> {
  const secret = await sealed(one, ring, own.secret, own.name)
  return { ...attempt, bytes: bytesOf(draftOf(ME, [lineOf(traits, own.before + secret)])) }
}

/**
 * Each attempt has draws of its own: what one consumes, with a credential that is another one in each run, changes no other.
 * @param index of the batch: its users are nobody else's
 */
export async function tryBatch(
  subject: Subject,
  drawOf: DrawOf,
  index: number,
  attempt: Try,
  atOnce: (all: readonly Attempt[]) => Promise<void>,
): Promise<void> {
  const { traits, own, other } = subject
  const user = FIRST_USER + USERS_A_BATCH * index
  const stock: Stock = {
    ...{ traits, own, other },
    spare: await logIn(attempt, traits, user),
    doomed: await logIn(attempt, traits, user + 1),
  }
  const times = <T>(kind: keyof typeof MIX, make: (draw: Draw) => T): T[] =>
    Array.from({ length: MIX[kind] }, (_, i) => make(drawOf(`${kind} ${i}`)))
  const attempts = [
    ...times('raw', (draw) => rawAttempt(draw, stock)),
    ...times('bodies', (draw) => bodyAttempt(draw, stock)),
  ]
  if (traits.transport === 'cookie') attempts.push(...times('origins', (draw) => originAttempt(draw, stock)))
  if (traits.transport !== 'none') {
    const ended = await endings(traits, attempt, user + 2)
    if (!cannot(traits).includes(REFRESH.path))
      await renewals(
        traits,
        attempt,
        user + 5,
        times('renewals', (draw) => draw),
      )
    attempts.push(
      ...times('counterfeits', (draw) => counterfeitAttempt(draw, stock)),
      ...times('doubles', (draw) => doubleAttempt(draw, stock)),
      ...ended.map((login, i) => counterfeitAttempt(drawOf(`ended ${i}`), stock, login)),
      ...times('expired', (draw) => expiredAttempt(draw, stock, subject)),
      ...(await Promise.all(times('forged', (draw) => forgedAttempt(draw, subject)))),
      ...(traits.token === undefined ? [] : [await rightAttempt(subject)]),
    )
  }
  await atOnce(attempts)
  for (const login of [own, other]) await attempt(useOf(subject, login))
  // Nothing of the batch stays on the server: an end of what may have ended already.
  for (const login of [stock.spare, stock.doomed])
    await attempt({ ...valid('/logout', asItIs(subject, login, LOGOUT), [login.name]), expects: 'either' })
}
