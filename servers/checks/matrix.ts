/** The outcomes of all checks as a table of schemes by checks, and what "cannot" means in each place. */
import type { ServerConfig } from '../config.ts'
import type { Scheme } from '../contract.ts'
import type { Check } from './check.ts'

type Named = { name: string; scheme: Scheme }
/** By check and scheme, what the run of the tests found; absent where the check was not asked. */
export type Outcomes = ReadonlyMap<string, Outcome>
export type Outcome = 'passes' | 'fails' | 'differs' | 'skipped'

export const outcomeKey = ({ id }: Check, name: string) => `${id} ${name}`

const SIGNS = { passes: '✓', fails: '✗', differs: '≠', skipped: '?' } as const

/** Markdown, the same for the same outcomes. */
export function matrix(schemes: readonly Named[], checks: readonly Check[], outcomes: Outcomes): string {
  const notes: string[] = []
  const noteOf = (text: string) => {
    const known = notes.indexOf(text)
    return known === -1 ? notes.push(text) : known + 1
  }
  const cell = (check: Check, { name, scheme }: Named) => {
    const applies = check.applies(scheme.traits)
    if (applies === false) return ''
    if (typeof applies === 'string') return `–<sup>${noteOf(applies)}</sup>`
    const outcome = outcomes.get(outcomeKey(check, name)) ?? 'skipped'
    const note = outcome === 'differs' ? `<sup>${noteOf(check.stock?.reason ?? '')}</sup>` : ''
    return SIGNS[outcome] + note
  }
  const rows = checks.map((check) => [
    String(check.id),
    `${check.title} (${check.anchor})`,
    ...schemes.map((one) => cell(check, one)),
  ])
  const head = ['#', 'check', ...schemes.map(({ name }) => name)]
  return [
    '# What each scheme guarantees',
    INTRODUCTION,
    [head, head.map(() => '---'), ...rows].map(line).join('\n'),
    notes.map((text, i) => `${i + 1}. ${text}`).join('\n'),
    '## What each scheme sends to Redis',
    COMMANDS,
    [['scheme', 'commands', 'keys'], ['---', '---', '---'], ...schemes.flatMap(commandRow)]
      .map(line)
      .join('\n'),
    '## What grows, and how far',
    GROWTH.map((text) => `- ${text}`).join('\n'),
  ]
    .join('\n\n')
    .concat('\n')
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

/** What a user of Redis needs, without the prefix; nothing for a scheme that keeps nothing there. */
function commandRow({ name, scheme }: Named): string[][] {
  const commands = scheme.sends?.({ keyPrefix: '' } as ServerConfig)
  if (!commands) return []
  const names = [...new Set(commands.map(([command]) => command.toUpperCase()))].toSorted()
  const keys = commands.flat().filter((part) => typeof part === 'string' && part.endsWith(':?'))
  return [
    [
      name,
      names.join(' '),
      [...new Set(keys)].map((key) => `\`${String(key).replace('?', '*')}\``).join(' '),
    ],
  ]
}

const INTRODUCTION =
  'Asked over HTTP of real processes by `npm test` (`servers/checks/guarantees.test.ts`), which also writes this table: ✓ passes, ' +
  '≠ was asked too, and stock packages do something else (the number says what), – cannot by design (the number says ' +
  'why), empty: there is nothing to ask. A ✗ fails the tests.'

const COMMANDS =
  'Each is tried once at start on a key that ends with `?`, and a server that may not send one of them does not start (53). ' +
  'The client itself sends HELLO (with AUTH), CLIENT SETINFO, INFO and, for another database than 0, SELECT. ' +
  '`session-redis-cached` also sends CLIENT TRACKING, and SUBSCRIBE on the channel `__redis__:invalidate`. Keys follow `KEY_PREFIX`.'

const GROWTH = [
  'Sessions and families of refresh tokens: one key a login, which ends with it (49).',
  'Epochs: one key for each user who ended all logins, kept for the longest lifetime of a login and a minute; for good where an account was closed (49).',
  'Denied tokens: one key for each logout, kept until the token would have expired (49).',
  'The near cache and the cache of logins that are not denied: 50,000 entries in each process at most; ended ones go as others come (50).',
  'MemoryStore has no bound: see 50.',
  'Logins of one user: any number. To end all of them is one command, whatever their number (51).',
]
