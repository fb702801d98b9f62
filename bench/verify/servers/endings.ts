/** The ways in which a scheme ends a login, each done and checked in its order. */
import type { Traits } from '../../../servers/scheme.ts'
import { refreshTokenIn } from '../../load/wire/issued.ts'
import { loginBody } from '../../load/wire/requests.ts'
import type { Draw } from '../../stats/seeded.ts'
import {
  bytesOf,
  cannot,
  DISABLE,
  draftOf,
  EVERYWHERE,
  LOGIN,
  LOGOUT,
  type Login,
  REFRESH,
} from './attempt.ts'
import { refreshAttempt } from './credentials.ts'
import { asItIs, logIn, refusal, type Try, useOf, valid } from './logins.ts'

const renewal = (token: string) => bytesOf(draftOf(REFRESH, [], JSON.stringify({ refreshToken: token })))

/** Whether the replica that acknowledged an ending refuses the credential from then on, whatever others still do. */
function endsHere({ token }: Traits, how: Traits['revocation'] | Traits['userWide']): boolean {
  // A token that nobody is asked about lives on; a login in a cache is forgotten by the replica that ended it.
  return how === 'immediate' || (how === 'bounded' && token === undefined)
}

/** Logins that end in each way that the scheme has, and are refused afterwards. @returns those that ended */
export async function endings(traits: Traits, attempt: Try, user: number): Promise<Login[]> {
  const ended: Login[] = []
  const ways = [LOGOUT, EVERYWHERE, DISABLE].filter(({ path }) => !cannot(traits).includes(path))
  for (const [i, way] of ways.entries()) {
    const mates = [await logIn(attempt, traits, user + i), await logIn(attempt, traits, user + i)]
    const [first, mate] = mates as [Login, Login]
    await attempt(valid(`${way.path}`, asItIs({ traits }, first, way), [first.name]))
    const over = way === LOGOUT ? [first] : mates
    for (const { refreshToken } of over)
      if (refreshToken) await attempt(refusal(`a refresh token after ${way.path}`, renewal(refreshToken)))
    if (!endsHere(traits, way === LOGOUT ? traits.revocation : traits.userWide)) continue
    for (const login of over) await attempt(refusal(`after ${way.path}`, asItIs({ traits }, login)))
    if (way === LOGOUT) await attempt(useOf({ traits }, mate))
    if (way === DISABLE)
      await attempt(refusal('a login of a closed account', bytesOf(draftOf(LOGIN, [], loginBody(user + i)))))
    if (way === LOGOUT) await attempt(valid('/logout', asItIs({ traits }, mate, LOGOUT), [mate.name]))
    ended.push(...over)
  }
  return ended
}

/** A refresh token is used once; a second use ends the login, with the token that it had got. */
export async function renewals(
  traits: Traits,
  attempt: Try,
  user: number,
  draws: readonly Draw[],
): Promise<void> {
  const { refreshToken } = await logIn(attempt, traits, user)
  const victim = await logIn(attempt, traits, user)
  if (refreshToken === null || victim.refreshToken === null) return
  const reply = await attempt(valid('/refresh', renewal(refreshToken)))
  const next = refreshTokenIn(reply?.body ?? '') ?? ''
  await attempt(refusal('a refresh token that was used', renewal(refreshToken)))
  await attempt(refusal('the successor of one that was used twice', renewal(next)))
  for (const draw of draws) await attempt(refreshAttempt(draw, victim.refreshToken, next))
}
