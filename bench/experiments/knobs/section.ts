/** The section of a report about what each tuning is worth. */
import type { Run } from '../../record/schema/run.ts'
import type { Summary } from '../../report/schema.ts'
import { list } from '../../words/format.ts'
import { markdownTable } from '../../words/tables.ts'
import { VERSUS_NOTE, versusTable } from '../../words/versus-table.ts'

type Part = string | null

/** What is given up for the CPU, by variant; those that change nothing but the CPU have no line. */
const PRICES: Readonly<Record<string, string>> = {
  'touch-off': 'a session ends one lifetime after its login or last change, however busy its user is',
  'denylist-believed-1-s': 'a token may work on other replicas for up to 1 s after its logout',
}

/** Nothing without the experiment. */
export function knobsSection(
  { environment }: Run,
  summary: Summary,
  chart: (name: string, alt: string) => Part,
): Part[] {
  const arms = summary.arms.filter(({ arm }) => arm.experiment === 'knobs')
  if (arms.length === 0) return []
  const measured = new Set(arms.map(({ arm }) => arm.variant))
  const prices = Object.entries(PRICES).flatMap(([name, price]) =>
    measured.has(name) ? [`\`${name}\`: ${price}.`] : [],
  )
  const versions = Object.values(environment.otherRuntimes ?? {}).map(({ node }) => node)
  return [
    '## What each tuning is worth',
    chart('charts/knobs.svg', 'Change of CPU a request by each tuning, with its interval'),
    markdownTable(versusTable(summary, 'knobs')),
    VERSUS_NOTE,
    prices.length > 0 ? `What a tuning gives up: ${prices.join(' ')}` : null,
    versions.length > 0
      ? `Node ${list(versions)} beside ${environment.runtime.node}, which serves all other arms; each server told its version.`
      : null,
  ]
}
