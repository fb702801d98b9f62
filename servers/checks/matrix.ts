/** The outcomes of all checks as a table of schemes by checks, and what "cannot" means in each place. */
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
    [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n'),
    notes.map((text, i) => `${i + 1}. ${text}`).join('\n'),
  ]
    .join('\n\n')
    .concat('\n')
}

const INTRODUCTION =
  'Asked over HTTP of real processes by `npm test` (`servers/checks/guarantees.test.ts`), which also writes this table: ✓ passes, ' +
  '≠ was asked too, and stock packages do something else (the number says what), – cannot by design (the number says ' +
  'why), empty: there is nothing to ask. A ✗ fails the tests.'
