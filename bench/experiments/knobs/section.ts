/** The section of a report about what each tuning is worth. */
import { armsIn } from '../../figures/records.ts'
import type { CoreSummary } from '../../figures/schema.ts'
import type { Run } from '../../record/types.ts'
import { code, list } from '../../words/format.ts'
import { type ChartLink, type Section, section } from '../../words/section.ts'
import { shown } from '../../words/tables.ts'
import { VERSUS_NOTE, versusTable } from '../../words/versus-table.ts'

/** What is given up for the CPU, by variant; those that change nothing but the CPU have no line. */
const PRICES: Readonly<Record<string, string>> = {
  'touch-off': 'a session ends one lifetime after its login or last change, however busy its user is',
  'denylist-believed-1-s': 'a token may work on other replicas for up to 1 s after its logout',
}

/** Nothing without the experiment. */
export function knobsSection({ environment }: Run, summary: CoreSummary, chart: ChartLink): Section | null {
  const arms = armsIn(summary.arms, 'knobs')
  if (arms.length === 0) return null
  const measured = new Set(arms.map(({ arm }) => arm.variant))
  const prices = Object.entries(PRICES).flatMap(([name, price]) =>
    measured.has(name) ? [`${code(name)}: ${price}.`] : [],
  )
  const versions = Object.values(environment.otherRuntimes ?? {}).map(({ node }) => node)
  return section(
    'what-each-tuning-is-worth',
    'What each tuning is worth',
    chart('charts/knobs.svg', 'Change of CPU a request by each tuning, with its interval'),
    shown(versusTable(summary, 'knobs'), { below: VERSUS_NOTE }),
    prices.length > 0 ? `What a tuning gives up: ${prices.join(' ')}` : null,
    versions.length > 0
      ? `Node ${list(versions)} beside ${environment.runtime.node}, which serves all other arms; each server ` +
          'reported its version.'
      : null,
  )
}
