/** What is chosen for tokens that are made with the right key and are wrong all the same. Pure; sealing.ts makes them. */
import type { Traits } from '../../../servers/scheme.ts'
import type { Draw } from '../../stats/seeded.ts'
import { pick } from './attempt.ts'

const ALGORITHMS = ['HS256', 'RS256', 'ES256', 'EdDSA'] as const
const PAIRS = ['RS256', 'ES256', 'EdDSA'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

/** One token to make, as data. */
export interface Forgery {
  what: string
  /** Merged into claims that are right; undefined leaves one out. */
  claims?: Record<string, unknown>
  /** Merged into the header of a JWT. */
  header?: Record<string, unknown>
  /** Instead of the scheme's own way: with this key of the ring, or signed with nothing, or with what everybody knows. */
  as?: Algorithm | 'A256GCM' | 'session id' | 'random' | 'unsigned' | `public ${(typeof PAIRS)[number]}`
}

const NO_TEXTS: readonly unknown[] = [{}, [], null, 5, true, { toString: 'x' }, ['user1']]
const NO_TIMES: readonly unknown[] = [{}, [], null, true, 'never', '99999999999']
const WRONG_TYPES: Readonly<Record<string, readonly unknown[]>> = {
  ...{ sub: NO_TEXTS, jti: NO_TEXTS, name: NO_TEXTS, email: NO_TEXTS, epoch: NO_TEXTS },
  roles: [{}, null, 5, 'admin', [5], [{}], undefined],
  preferences: [[], null, 5, 'x', { a: 5 }, { a: {} }, undefined],
  ...{ exp: NO_TIMES, iat: NO_TIMES, nbf: NO_TIMES },
  ...{ iss: [5, null, {}, ['x']], aud: [5, null, {}, []] },
}
const MISSING = ['sub', 'jti', 'exp', 'iat', 'iss', 'aud', 'name', 'email']
const WRONG_VALUES: readonly Record<string, string>[] = [
  ...['https://example.com', '', 'AUTHSCALE', 'authscale '].map((iss) => ({ iss })),
  ...['another-api', '', 'authscale', 'authscale-api/'].map((aud) => ({ aud })),
]

/** Of each algorithm, since which one a scheme takes is seen only in its tokens. */
function headers(draw: Draw): Record<string, unknown> {
  return pick(draw, [
    { crit: ['x'], x: true },
    { crit: ['exp'], exp: 1 },
    ...['at+jwt', 'dpop+jwt', undefined, '', 5].map((typ) => ({ typ })),
  ])
}

function ofClaims(draw: Draw, nowSec: number): Forgery {
  const past = nowSec - 3 - draw(1_000)
  const future = nowSec + 30 + draw(100_000)
  const kind = draw(4)
  if (kind === 0) {
    const claims = pick<Record<string, unknown>>(draw, [
      { exp: past },
      { exp: 0 },
      { nbf: future },
      { iat: future, exp: future + 60 },
      // Longer ago than any login lasts here, although it says that it is still valid.
      { iat: nowSec - 10_000_000 },
    ])
    return { what: 'a time', claims }
  }
  const name = pick(draw, kind === 1 ? MISSING : Object.keys(WRONG_TYPES))
  if (kind === 1) return { what: `no ${name}`, claims: { [name]: undefined } }
  if (kind === 2) return { what: 'issuer or audience', claims: pick(draw, WRONG_VALUES) }
  const value = pick(draw, WRONG_TYPES[name] as readonly unknown[])
  return { what: `${name} ${JSON.stringify(value)}`, claims: { [name]: value } }
}

/** @param own the algorithm in the header of the scheme's own tokens; undefined where they have none */
export function forgery(draw: Draw, { token }: Traits, own: string | undefined, nowSec: number): Forgery {
  const others = ([...ALGORITHMS, 'A256GCM'] as const).filter(
    (name) => name !== (own === 'dir' ? 'A256GCM' : own),
  )
  const foreign = (): Forgery => {
    const as = pick(draw, others)
    return { what: `the token of another scheme, ${as}`, as }
  }
  if (token === undefined)
    return draw(3) === 0
      ? foreign()
      : { what: 'an id that nobody got', as: pick(draw, ['session id', 'random'] as const) }
  const kind = draw(8)
  if (kind === 0) return foreign()
  if (token === 'paseto' || kind < 6) return ofClaims(draw, nowSec)
  const header =
    kind === 6 ? headers(draw) : { alg: pick(draw, ['none', 'nOnE', '', 'HS384', 'RS512', undefined, 5]) }
  if (kind === 6) return { what: `header ${JSON.stringify(header)}`, header }
  const as = token !== 'jws' || draw(2) === 0 ? 'unsigned' : (`public ${pick(draw, PAIRS)}` as const)
  return as === 'unsigned'
    ? { what: `alg ${header.alg}, no signature`, header, as }
    : { what: `the ${as} key as a secret`, as }
}
