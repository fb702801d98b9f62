/** Logins and their uses as they are: what has to be let in, and what has to be refused once it has ended. */
import type { Traits } from '../../../servers/scheme.ts'
import { partsOf } from '../../load/counterfeits.ts'
import { credentialIn, refreshTokenIn } from '../../load/wire/issued.ts'
import { loginBody } from '../../load/wire/requests.ts'
import { type Attempt, bytesOf, draftOf, LOGIN, type Login, lineOf, ME, wholeOf } from './attempt.ts'
import { Found, shown } from './judge.ts'
import type { Reply } from './replies.ts'

/** Sends one, judges it, and gives the first reply. Throws what was found. */
export type Try = (attempt: Attempt) => Promise<Reply | undefined>

export const valid = (what: string, bytes: string, holders: readonly string[] = []): Attempt => ({
  ...{ kind: 'valid', what, bytes, expects: 'admitted', holders },
})

export async function logIn(
  attempt: Try,
  traits: Traits,
  user: number,
  more: Partial<Attempt> = {},
): Promise<Login> {
  const reply = await attempt({ ...valid('a login', bytesOf(draftOf(LOGIN, [], loginBody(user)))), ...more })
  const { head = '', body = '' } = reply ?? {}
  const setCookies = [...head.matchAll(/^set-cookie: *(.*?)\r?$/gim)].map(([, text = '']) => text)
  const value = credentialIn({ body, setCookies }, traits.transport, user)
  if (value === null)
    throw new Found({
      kind: 'valid',
      what: 'a login',
      sent: '',
      expected: 'a credential',
      came: shown(body, 200),
    })
  const { before, secret } = partsOf(value)
  return { name: `user${user}`, before, secret, refreshToken: refreshTokenIn(body) }
}

/** That of a login as it is, at a route. */
export const asItIs = ({ traits }: { traits: Traits }, login: Login, route = ME) =>
  bytesOf(draftOf(route, [lineOf(traits, wholeOf(login))]))

export const useOf = (subject: { traits: Traits }, login: Login) =>
  valid(`the credential of ${login.name}`, asItIs(subject, login), [login.name])

export const refusal = (what: string, bytes: string): Attempt => ({
  ...{ kind: 'ended', what, bytes, expects: 'refused', holders: [] },
})
