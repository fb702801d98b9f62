/** `npm run bench -- --against <commit>`: the answer for a pull request, and whether it is one to stop at. */
import { slowerBy, whereText } from '../experiments/upgrades/answer.ts'
import { upgradesSection } from '../experiments/upgrades/section.ts'
import type { Summary } from '../report/schema.ts'
import { code, figure, list, percent } from '../words/format.ts'

export interface Against {
  /** For a pull request. */
  markdown: string
  /** Why it should not be merged as it is; null where nothing was found. */
  failure: string | null
}

/** @param share of CPU a request, above which a detected difference counts */
export function againstOf(summary: Summary, share: number): Against {
  const slower = slowerBy(summary.upgrades, share)
  const places = slower.map(
    ({ scheme, point }) =>
      `${code(scheme)} ${whereText(point)} (+${figure(100 * point.cpuChange.estimate.value)} %)`,
  )
  const failure = slower.length > 0 ? `more than ${percent(share)} more CPU a request: ${list(places)}` : null
  const { heading, parts } = upgradesSection(summary) ?? { heading: 'Nothing was compared', parts: [] }
  const verdict = failure
    ? `**Slower:** ${failure}.`
    : `No slowdown of more than ${percent(share)} was detected.`
  return { markdown: [`## ${heading}`, verdict, ...parts].join('\n\n'), failure }
}
