/** Axes that look alike in every chart, and what a chart says of its source. */
import type { XAXisComponentOption, YAXisComponentOption } from 'echarts'
import { armsIn, schemePlace } from '../../figures/records.ts'
import type { CoreSummary } from '../../figures/schema.ts'
import type { Estimate, Run } from '../../record/types.ts'
import { rising } from '../../stats/groups.ts'
import { FEW_BLOCKS } from '../../stats/median-interval.ts'
import { counted, figure, machine } from '../format.ts'
import { ink } from './palette.ts'

/** Axis labels, without zeros behind the point. */
export function tick(value: number): string {
  return Number.isInteger(value) ? figure(value, Math.max(100, value)) : figure(value).replace(/0+$/, '')
}

/** An upper end for a scale: 1, 2 or 5 times a power of ten, with a little room above the value. */
export function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5, 10].find((factor) => factor * power >= 1.05 * value) ?? 20) * power
}

/** What differs from axis to axis. */
export interface Scale {
  type?: 'value' | 'log' | 'category'
  data?: string[]
  name?: string
  nameLocation?: 'middle'
  nameGap?: number
  nameAlign?: 'left' | 'right'
  position?: 'top' | 'bottom'
  min?: number | ((extent: { min: number }) => number)
  max?: number
  interval?: number
  splitNumber?: number
  /** The values that have a label; else they are chosen by themselves. */
  ticks?: readonly number[]
  format?: (value: number) => string
  label?: { color?: string; fontSize?: number; show?: boolean; showMaxLabel?: boolean }
}

function looking({ ticks, format = tick, label, nameAlign, ...own }: Scale) {
  const customValues = ticks && { customValues: [...ticks] }
  return {
    nameTextStyle: { color: ink.muted, fontSize: 12, ...(nameAlign && { align: nameAlign }) },
    ...own,
    axisLabel: { color: ink.muted, fontSize: 11, formatter: format, ...customValues, ...label },
  }
}

const plain = { axisTick: { show: false }, axisLine: { lineStyle: { color: ink.muted } } }
const ruled = { splitLine: { lineStyle: { color: ink.line } } }
const named = { nameLocation: 'middle' } as const

/** The horizontal axis below a panel; its values are read at the points, so no lines cross the panel. */
export function xScale(scale: Scale): XAXisComponentOption {
  return { ...plain, ...named, nameGap: 30, splitLine: { show: false }, ...looking(scale) } as object
}

/** The vertical axis beside a panel. */
export function yScale(scale: Scale): YAXisComponentOption {
  return { ...plain, ...ruled, ...looking(scale) } as object
}

/** A horizontal axis of values with its unit, below rows. */
export function valueAxis(name: string, own: Scale = { min: 0 }): XAXisComponentOption {
  return { ...ruled, ...named, nameGap: 28, ...looking({ type: 'value', name, ...own }) } as object
}

/** A vertical axis of names, first one on top. */
export function nameAxis(names: readonly string[]): YAXisComponentOption {
  return {
    type: 'category',
    data: [...names],
    inverse: true,
    ...plain,
    axisLabel: { color: ink.text, fontSize: 12 },
  }
}

/** What every chart says of its source. */
export function provenance(
  run: Run,
  estimates: readonly (Estimate | null | undefined)[],
  of = 'median',
): string {
  const blocks = rising(estimates.flatMap((estimate) => (estimate ? [estimate.n] : [])))
  const [least = 0, most = 0] = [blocks[0], blocks.at(-1)]
  if (most === 1) return source(run, 'one block, so there is no interval')
  const n = least === most ? counted(least, 'block') : `${least} to ${most} blocks`
  return source(run, `${of} of ${n}, ${spread(least, most)}`)
}

/** @param what was made of how many, for charts that have no blocks */
export function source(run: Run, what: string): string {
  const smoke = run.profile === 'smoke' ? 'SMOKE RUN, never a published figure' : ''
  return [smoke, what, machine(run.environment)].filter(Boolean).join(' · ')
}

/** Fewer than five blocks have no 95 % interval, only the range of what was seen. */
function spread(least: number, most: number): string {
  if (least >= FEW_BLOCKS) return '95 % interval'
  return most < FEW_BLOCKS ? 'with their range' : '95 % interval, below five blocks their range'
}

export function armsOf(summary: CoreSummary, experiment: string): CoreSummary['arms'] {
  return armsIn(summary.arms, experiment).filter(({ metrics }) => metrics.throughputPerSec)
}

/** Each once, in registry order. */
export function schemesOf(entries: readonly { scheme: string }[]): string[] {
  return [...new Set(entries.map(({ scheme }) => scheme))].sort((a, b) => schemePlace(a) - schemePlace(b))
}
