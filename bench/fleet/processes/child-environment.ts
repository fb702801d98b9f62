/**
 * Which environment variables the processes get that the harness starts: one table, so that a run does not depend on the shell
 * that it was started from, and a user's own tools still work as he set them up.
 */
import path from 'node:path'

/**
 * `measured`: Node with code of ours, the load generator included. `part`: a program of others in a fleet, and the browser.
 * `client`: what fetches or asks for the user, and is configured as his own: apt, npm, docker, git.
 */
export type Child = 'measured' | 'part' | 'client'

interface Rule {
  /** A `*` at the end stands for anything. */
  names: readonly string[]
  /** Who gets it. */
  to: readonly Child[]
  why: string
}

const ALL = ['measured', 'part', 'client'] as const

/** What no rule names goes to clients alone. */
export const RULES: readonly Rule[] = [
  { names: ['PATH'], to: ALL, why: 'programs find others by it' },
  { names: ['HOME'], to: ALL, why: 'libraries look for settings there, and some refuse to start without it' },
  { names: ['TMPDIR'], to: ALL, why: 'files of a run stay where the user wants them' },
  { names: ['TZ', 'LANG'], to: ALL, why: 'a log of theirs reads like one of the user' },
  {
    names: ['LD_LIBRARY_PATH', 'FONTCONFIG_*', 'XDG_*'],
    to: ['part', 'client'],
    why: 'a program that was installed outside of the system finds its libraries, fonts and folders by them',
  },
  {
    names: ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY', 'NODE_USE_ENV_PROXY', 'http_proxy'],
    to: ['client'],
    why: 'downloads go through the proxy of a company; a request to this machine never does',
  },
  {
    names: ['https_proxy', 'no_proxy', 'all_proxy', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_*'],
    to: ['client'],
    why: 'the same; and whom downloads trust is no concern of a server',
  },
  {
    names: ['NODE_OPTIONS', 'NODE_V8_COVERAGE', 'NODE_DEBUG', 'NODE_PATH', 'NODE_CHANNEL_*'],
    to: [],
    why: 'they are meant for the process that was started with them: an inspector has one port, and options change how fast Node is',
  },
  {
    names: ['UV_THREADPOOL_SIZE', 'MALLOC_*', 'LD_PRELOAD'],
    to: [],
    why: 'they change what a request costs: arms set them where that is the question',
  },
  {
    names: ['GIT_*'],
    to: [],
    why: 'inside of a hook git tells programs which repository it is at work on, and that need not be this one',
  },
  {
    names: ['REDIS_*', 'KEYS', 'PORT', 'HOST', 'SCHEME'],
    to: [],
    why: 'servers are told by their fleet where to listen and which Redis is theirs',
  },
]

/** The environment of such a child. @param own variables of the harness */
export function environmentOf(child: Child, own: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const passed = Object.entries(own).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && isFor(child, entry[0]),
  )
  // As Node looks for it; children may stand in another folder.
  const temporary = own.TMPDIR || own.TMP || own.TEMP
  return {
    ...Object.fromEntries(passed),
    ...(temporary && { TMPDIR: path.resolve(temporary) }),
    ...(child === 'measured' && { NODE_ENV: 'production' }),
  }
}

function isFor(child: Child, name: string): boolean {
  const rule = RULES.find(({ names }) => names.some((pattern) => isLike(name, pattern)))
  return rule ? rule.to.includes(child) : child === 'client'
}

const isLike = (name: string, pattern: string) =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
