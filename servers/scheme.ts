/** The registry: which schemes there are. All that the harness takes from here are their names and traits. */
import type { Scheme } from './contract.ts'

export type { Traits } from './contract.ts'

/** Every scheme by name; modules load lazily so that a server carries only the libraries of its own scheme. */
export const schemes = {
  none: () => import('./schemes/none.ts'),
  'session-memory': () => import('./schemes/session-memory.ts'),
  'session-redis': () => import('./schemes/session-redis.ts'),
  'session-redis-tuned': () => import('./schemes/session-redis-tuned.ts'),
  'session-redis-hashed': () => import('./schemes/session-redis-hashed.ts'),
  'session-redis-cached': () => import('./schemes/session-redis-cached.ts'),
  'jwt-hs256': () => import('./schemes/jwt-hs256.ts'),
  'jwt-hs256-fast': () => import('./schemes/jwt-hs256-fast.ts'),
  'jwt-rs256': () => import('./schemes/jwt-rs256.ts'),
  'jwt-es256': () => import('./schemes/jwt-es256.ts'),
  'jwt-eddsa': () => import('./schemes/jwt-eddsa.ts'),
  'jwt-cookie': () => import('./schemes/jwt-cookie.ts'),
  'jwt-denylist': () => import('./schemes/jwt-denylist.ts'),
  'jwt-refresh': () => import('./schemes/jwt-refresh.ts'),
  jwe: () => import('./schemes/jwe.ts'),
  'paseto-v4-public': () => import('./schemes/paseto-v4-public.ts'),
  'paseto-v4-local': () => import('./schemes/paseto-v4-local.ts'),
} satisfies Record<string, () => Promise<{ scheme: Scheme }>>

export type SchemeName = keyof typeof schemes

export const schemeNames = Object.keys(schemes) as SchemeName[]

export function isSchemeName(name: string): name is SchemeName {
  return Object.hasOwn(schemes, name)
}
