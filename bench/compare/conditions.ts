/** What `--fail-on` asks for: `authTax>10%,throughput<-5%`. */
import { figure, percent } from '../words/format.ts'
import type { RunRatio } from './compare.ts'
import { metrics } from './samples.ts'

export interface Condition {
  metric: string
  direction: '>' | '<'
  /** Change against the base, as a share: 0.1 is 10 % more. */
  change: number
}

const FORM = /^(\w+)\s*([<>])\s*([+-]?\d+(?:\.\d+)?)\s*%$/

/** @returns null for what is none */
export function conditionOf(text: string): Condition | null {
  const [, metric = '', direction, amount = ''] = FORM.exec(text.trim()) ?? []
  if (!direction || !metrics.some(({ name }) => name === metric)) return null
  return { metric, direction: direction as Condition['direction'], change: Number(amount) / 100 }
}

/** A scheme, and where on the curve of the load. */
export function placed({ scheme, at }: Pick<RunRatio, 'scheme' | 'at'>): string {
  return at?.perSec ? `${scheme} at ${figure(at.perSec)}/s` : scheme
}

/** One sentence for each change beyond its condition. Only a detected change can fail: noise must not. */
export function failures(ratios: readonly RunRatio[], asked: readonly Condition[]): string[] {
  return asked.flatMap(({ metric, direction, change }) =>
    ratios.flatMap((one) => {
      if (one.metric !== metric || one.ratio === null || !one.detected) return []
      const seen = one.ratio.value - 1
      const isBad = direction === '>' ? seen > change : seen < change
      const words = `${metric} of ${placed(one)} changed by ${percent(seen)}, and may not be ${direction} ${percent(change)}`
      return isBad ? [words] : []
    }),
  )
}
