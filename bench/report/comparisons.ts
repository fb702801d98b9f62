/** What is said of arms against each other: the run's own error, the auth tax, throughput against the control. */
import {
  type ByBlock,
  detected,
  differences,
  MIN_BLOCKS_TO_DETECT,
  ownError,
  ratios,
} from '../stats/compare.ts'
import type { Estimate, Summary, Warning } from '../types.ts'
import { estimate, metrics, servingCpuUs } from './metrics.ts'
import { type ArmRecords, byBlock, isControl, sameCell } from './records.ts'

export type Comparison = { estimate: Estimate; detected: boolean }

/** Warnings that make a throughput the instrument's ceiling and not a figure of the scheme. */
const INSTRUMENT: readonly Warning[] = ['generator-saturated', 'proxy-saturated']

/** The first of `warnings` that says the generator or the proxy was the bottleneck. */
export function instrumentLimit(warnings: readonly Warning[]): Warning | null {
  return INSTRUMENT.find((warning) => warnings.includes(warning)) ?? null
}

const throughput = (records: ArmRecords) => byBlock(records, metrics.throughputPerSec.of)
const cpu = (records: ArmRecords) => byBlock(records, servingCpuUs)

/** Second control against first control within blocks, from the first place that has both; null without. */
export function ownErrors(all: readonly ArmRecords[], seed: number): Summary['aa'] {
  for (const twin of all.filter(({ arm }) => arm.twin)) {
    const first = all.find(({ arm }) => isControl(arm) && !arm.twin && sameCell(arm, twin.arm))
    if (!first) continue
    const context = { seed, warnings: union([twin, first]) }
    const throughputRatio = estimate(ratios(throughput(twin), throughput(first)), 'ratio', context)
    const cpuRatio = estimate(ratios(cpu(twin), cpu(first)), 'ratio', context)
    const cpuDifferenceUs = estimate(differences(cpu(twin), cpu(first)), 'µs/request', context)
    if (throughputRatio && cpuRatio && cpuDifferenceUs) return { throughputRatio, cpuRatio, cpuDifferenceUs }
  }
  return null
}

/** CPU µs a request that the scheme adds to the control; null for controls and where there is none to compare with. */
export function authTax(
  of: ArmRecords,
  all: readonly ArmRecords[],
  aa: Summary['aa'],
  seed: number,
): Comparison | null {
  const controls = controlsOf(of, all)
  const context = { seed, warnings: union([of, ...controls]) }
  const effect = estimate(differences(cpu(of), meanByBlock(controls.map(cpu))), 'µs/request', context)
  return effect && { estimate: effect, detected: detected(effect, 0, aa && ownError(aa.cpuDifferenceUs, 0)) }
}

/**
 * Throughput as a share of the control's; null where the generator or the proxy held either side down, since the
 * ratio of two ceilings says nothing about schemes.
 */
export function throughputVsControl(
  of: ArmRecords,
  all: readonly ArmRecords[],
  aa: Summary['aa'],
  seed: number,
): Comparison | null {
  const controls = controlsOf(of, all)
  const context = { seed, warnings: union([of, ...controls]) }
  if (instrumentLimit(context.warnings)) return null
  const effect = estimate(ratios(throughput(of), meanByBlock(controls.map(throughput))), 'ratio', context)
  return effect && { estimate: effect, detected: detected(effect, 1, aa && ownError(aa.throughputRatio, 1)) }
}

/** Why no comparison of a run counts as detected, as a sentence without its full stop. */
export function nothingDetected(aa: Summary['aa']): string {
  if (!aa) return 'The control was not measured twice, so no difference can be called real'
  return aa.throughputRatio.n < MIN_BLOCKS_TO_DETECT
    ? 'Too few blocks to tell any scheme from the control'
    : 'No scheme could be told from the control'
}

function controlsOf({ arm }: ArmRecords, all: readonly ArmRecords[]): ArmRecords[] {
  return isControl(arm) ? [] : all.filter((other) => isControl(other.arm) && sameCell(other.arm, arm))
}

/** Mean within each block of those that have a value there: two controls are less noisy than one. */
function meanByBlock(series: readonly ByBlock[]): ByBlock {
  const blocks = [...new Set(series.flatMap((values) => [...values.keys()]))]
  return new Map(
    blocks.map((block) => {
      const values = series.flatMap((one) => one.get(block) ?? [])
      return [block, values.reduce((total, value) => total + value, 0) / values.length]
    }),
  )
}

export function union(records: readonly ArmRecords[]): Warning[] {
  return [...new Set(records.flatMap(({ warnings }) => warnings))]
}
