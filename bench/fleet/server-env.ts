/** An arm's settings as the environment variables of its servers; what is not named keeps the server's own default. */
import type { Setting, Settings } from '../types.ts'

const VARIABLES = {
  stateBytes: 'STATE_BYTES',
  passwordHash: 'PASSWORD_HASH',
} as const satisfies Partial<Record<Setting, string>>

/** What a server reads from its environment; every fleet can set it. */
export const SERVER_SETTINGS = Object.keys(VARIABLES) as (keyof typeof VARIABLES)[]

export function serverEnv(settings: Settings): Record<string, string> {
  const named = SERVER_SETTINGS.filter((name) => settings[name] !== undefined)
  return Object.fromEntries(named.map((name) => [VARIABLES[name], String(settings[name])]))
}
