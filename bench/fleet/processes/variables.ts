/** Which environment variables processes were started with. Values can be secrets, so all but a few stay unread. */
import type { ServerVariables } from '../../record/types.ts'

/**
 * The only ones whose values are kept: they change how fast Node is, and hold a word or a number. NODE_OPTIONS is not
 * among them, since it may name files, as PATH and HOME do; nor is any that a locale or a time zone is told by, which says
 * where somebody lives. That such a variable is there shows by its name.
 */
const SHOWN = ['NODE_ENV', 'UV_THREADPOOL_SIZE', 'MALLOC_ARENA_MAX', 'PLAIN_HTTP']
/** Somebody may have put anything there. */
const PLAIN = /^[\w.-]{1,24}$/

/** @param environ text of /proc/<pid>/environ: `NAME=value` with a zero byte after each */
export function variablesOf(environ: string): ServerVariables {
  const entries = environ.split('\0').flatMap((entry) => {
    const end = entry.indexOf('=')
    return end <= 0 ? [] : [[entry.slice(0, end), entry.slice(end + 1)] as const]
  })
  const shown = entries.filter(([name, value]) => SHOWN.includes(name) && PLAIN.test(value))
  return merged({
    names: entries.map(([name]) => name),
    values: Object.fromEntries(shown.map(([name, value]) => [name, [value]])),
  })
}

export const NO_VARIABLES: ServerVariables = { names: [], values: {} }

/** Those of all, each name and value once, sorted. */
export function merged(...all: readonly ServerVariables[]): ServerVariables {
  const once = (words: readonly string[]) => [...new Set(words)].sort()
  const known = once(all.flatMap(({ values }) => Object.keys(values)))
  return {
    names: once(all.flatMap(({ names }) => names)),
    values: Object.fromEntries(
      known.map((name) => [name, once(all.flatMap(({ values }) => values[name] ?? []))]),
    ),
  }
}
