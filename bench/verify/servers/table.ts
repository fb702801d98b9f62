/** What was tried and found, in words. */
import Table from 'cli-table3'
import { kinds } from './attempt.ts'
import type { Finding, Outcome } from './trial.ts'

/** Without colours; a line a scheme. */
export function triedTable(outcomes: readonly Outcome[]): string {
  const table = new Table({
    head: ['scheme', ...kinds, 'memory', 'finding'],
    colAligns: ['left', ...kinds.map(() => 'right' as const), 'right', 'left'],
    style: { head: [], border: [], compact: true },
  })
  for (const { scheme, tried, held, finding } of outcomes)
    table.push([scheme, ...kinds.map((kind) => tried[kind]), grown(held), finding?.kind ?? 'none'])
  return table.toString()
}

function grown(held: Outcome['held']): string {
  if (held === null) return '?'
  const megabytes = (held.end.memoryBytes - held.start.memoryBytes) / 1e6
  return `${megabytes < 0 ? '' : '+'}${megabytes.toFixed(1)} MB`
}

export function findingText(
  { scheme, kind, what, expected, came, sent, batch }: Finding,
  seed: number,
): string {
  return [
    `${scheme}: ${kind}, ${what}`,
    `  expected  ${expected}`,
    `  came      ${came}`,
    ...(sent === '' ? [] : [`  sent      ${sent}`]),
    `  again     npm run verify:servers -- --seed ${seed} --scheme ${scheme}   (batch ${batch})`,
  ].join('\n')
}
