/** `npm run bench -- --against <commit>`: the answer for a pull request, and whether it is one to stop at. */
import { slowerBy, upgradesSentence, whereText } from '../experiments/upgrades/answer.ts'
import type { Upgraded } from '../experiments/upgrades/schema.ts'
import { upgradesSection } from '../experiments/upgrades/section.ts'
import { code, figure, list, percent } from '../words/format.ts'

export interface Against {
  /** For a pull request. */
  markdown: string
  /** Why it should not be merged as it is; null where nothing was found. */
  failure: string | null
}

/** @param share of CPU a request, above which a detected difference counts */
export function againstOf(upgrades: readonly Upgraded[], share: number): Against {
  const failure = failureOf(upgrades, share)
  const verdict = failure ?? `No slowdown of more than ${percent(share)} was detected`
  const { parts } = upgradesSection({ upgrades: [...upgrades] }) ?? { parts: [] }
  return { markdown: ['## Is this checkout slower?', `**${verdict}.**`, ...parts].join('\n\n'), failure }
}

function failureOf(upgrades: readonly Upgraded[], share: number): string | null {
  // As between runs: what could not be judged is not passed.
  if (upgrades.every(({ points }) => points.length === 0))
    return `Nothing could be told: ${upgradesSentence(upgrades) ?? 'nothing was compared'}`
  const places = slowerBy(upgrades, share).map(({ scheme, point }) => {
    const more = figure(100 * point.cpuChange.estimate.value)
    return `${code(scheme)} ${whereText(point)} (+${more} %)`
  })
  return places.length > 0 ? `More than ${percent(share)} more CPU a request: ${list(places)}` : null
}
