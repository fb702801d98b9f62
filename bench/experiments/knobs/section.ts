/** The section of a report about what each tuning is worth. */
import { armsIn } from '../../figures/records.ts'
import type { Run } from '../../record/types.ts'
import { code, list, percent, withRange } from '../../words/format.ts'
import { type ChartLink, type Section, section } from '../../words/section.ts'
import { markdownTable, shown } from '../../words/tables.ts'
import { VERSUS_NOTE, versusTable } from '../../words/versus-table.ts'
import type { Summary } from './schema.ts'

/** What is given up for the CPU, by variant; those that change nothing but the CPU have no line. */
const PRICES: Readonly<Record<string, string>> = {
  'touch-off': 'a session ends one lifetime after its login or last change, however busy its user is',
  'denylist-believed-1-s': 'a token may work on other replicas for up to 1 s after its logout',
}

/** Nothing without the experiment. */
export function knobsSection({ environment }: Run, summary: Summary, chart: ChartLink): Section | null {
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
    nearCacheTable(summary),
    prices.length > 0 ? `What a tuning gives up: ${prices.join(' ')}` : null,
    versions.length > 0
      ? `Node ${list(versions)} beside ${environment.runtime.node}, which serves all other arms; each server ` +
          'reported its version.'
      : null,
  )
}

/** Nothing where no near cache was measured. */
function nearCacheTable({ nearCaches }: Summary): string | null {
  if (nearCaches.length === 0) return null
  const rows = nearCaches.map(({ arm, users, popularityExponent, hitShare }) => [
    arm,
    String(users),
    popularityText(popularityExponent),
    withRange(hitShare, percent),
  ])
  const head = ['arm', 'users', 'popularity', 'answered by the near cache']
  return `A near cache is worth what it answers, which depends on how many users there are and how alike:\n\n${markdownTable({ head, rows })}`
}

function popularityText(exponent: number | null): string {
  if (exponent === null) return 'in turn'
  return exponent === 0 ? 'uniform' : `zipf:${exponent}`
}
