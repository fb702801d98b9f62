/** Numbers and names as every table and chart prints them, so that the same figure looks the same everywhere. */
import type { Comparison } from '../figures/comparisons.ts'
import type { Arm, Environment, Estimate } from '../record/types.ts'

/** A difference that was not detected. */
export const NOT_DETECTED = '~'
/** Not measured, or not there. */
export const ABSENT = '–'

/** How a kind of number is printed: by itself, and as an end of an interval beside it, with the unit left out. */
export interface Style {
  value: (value: number, scale: number) => string
  end: (value: number, scale: number) => string
}

/**
 * Three significant digits: more would be noise, which no run is without.
 *
 * @param scale the largest number printed beside it, so that all of them end at the same digit
 */
export function figure(value: number, scale = value): string {
  const magnitude = Math.floor(Math.log10(Math.abs(scale) || 1))
  const step = 10 ** Math.max(0, magnitude - 2)
  const text = (Math.round(Math.abs(value) / step) * step).toFixed(0)
  const shown = step > 1 || magnitude === 2 ? text : Math.abs(value).toFixed(2 - magnitude)
  if (Number(shown) === 0) return '0'
  return `${value < 0 ? '−' : ''}${shown.replace(/\B(?=(\d{3})+$)(?<!\..*)/g, ',')}`
}

/** Figures with their sign, for what is added or taken away. */
function signed(value: number, scale = value): string {
  return value > 0 ? `+${figure(value, scale)}` : figure(value, scale)
}

/** Large numbers in words as short as an axis needs: `23.5 k`, `5 M`. */
export function short(value: number): string {
  const [factor, letter] = value >= 1e6 ? [1e6, ' M'] : value >= 1e3 ? [1e3, ' k'] : [1, '']
  return `${withoutZeros(value / factor)}${letter}`
}

/** Ratios as whole per cent. */
export function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`
}

/** Without zeros behind the point. */
export function withoutZeros(value: number): string {
  const shown = figure(value)
  return shown.includes('.') ? shown.replace(/\.?0+$/, '') : shown
}

/** A scale of hundreds leaves no decimals. */
const whole = (value: number) => figure(Math.round(value), Math.max(100, Math.abs(value)))
const milliseconds = (us: number, scaleUs: number) => figure(us / 1e3, scaleUs / 1e3)

export const styles = {
  plain: { value: figure, end: figure },
  added: { value: signed, end: figure },
  percent: { value: percent, end: (ratio) => String(Math.round(ratio * 100)) },
  /** Nothing below one counts, as with bytes a user. */
  whole: { value: whole, end: whole },
  wholeAdded: { value: (value) => (value > 0 ? `+${whole(value)}` : whole(value)), end: whole },
  milliseconds: { value: milliseconds, end: milliseconds },
  /** Shares as per cent more or less. */
  change: {
    value: (share, scale) => `${signed(100 * share, 100 * scale)} %`,
    end: (share, scale) => figure(100 * share, 100 * scale),
  },
} satisfies Record<string, Style>

/** CPU time that a scheme adds, in ms. */
export const addedMs: Style = {
  value: (us, scaleUs) => styles.added.value(us / 1e3, scaleUs / 1e3),
  end: styles.milliseconds.end,
}

export const withoutInterval = (estimate: Estimate | null | undefined) =>
  estimate ? figure(estimate.value) : ABSENT

/** CPU time in ms without its interval. */
export const inMs = (us: Estimate | null | undefined) => (us ? figure(us.value / 1e3) : ABSENT)

/**
 * Response times in ms, from the intended send. Below one it only says so: timers of the sender are no finer, so
 * digits there would be its own.
 */
export function responseTime(us: number, scaleUs = us, below = '<'): string {
  return us < 1_000 ? `${below} 1` : milliseconds(us, scaleUs)
}

/** A response time in ms with its interval, unless all of it lies below one. */
export function responseText(estimate: Estimate | null | undefined): string {
  if (estimate && estimate.hi < 1_000) return '< 1'
  return withInterval(estimate, { value: responseTime, end: responseTime })
}

/**
 * A figure with its interval, `value (lo to hi)`; without one for a single block, which has none.
 *
 * @param also what else stands in the brackets
 */
export function withInterval(
  estimate: Estimate | null | undefined,
  style: Style = styles.plain,
  joint = ' to ',
  ...also: string[]
): string {
  if (!estimate) return ABSENT
  const range = interval(estimate, style, joint)
  const value = style.value(estimate.value, range.length > 0 ? scaleOf(estimate) : estimate.value)
  return bracketed(value, [...range, ...also].join(', '))
}

/**
 * A comparison with its interval. One that was not detected keeps its estimate behind a `~`, with p and the smallest effect that
 * would have been seen: without that, nothing found and nothing looked for read alike.
 */
export function compared(comparison: Comparison | null | undefined, style: Style): string {
  if (!comparison) return ABSENT
  const { estimate, detected, detectable, p } = comparison
  if (detected) return withInterval(estimate, style)
  const range = interval(estimate, style, ' to ')
  if (range.length === 0) return unseen(withInterval(estimate, style))
  const least = detectable === null ? [] : [`from ${style.value(detectable, detectable)}`]
  const inside = [`${range.join('')}${pText(p)}`, ...least].join('; ')
  return unseen(bracketed(style.value(estimate.value, scaleOf(estimate)), inside))
}

/** A figure that may be chance. */
export const unseen = (text: string) => `${NOT_DETECTED} ${text}`

/** `, p 0.21`; empty where none was told. */
export const pText = (p: number | null): string =>
  p === null ? '' : `, p ${p < 0.01 ? '< 0.01' : p.toFixed(2)}`

const bracketed = (value: string, inside: string) => (inside === '' ? value : `${value} (${inside})`)

/** Empty for a single block. */
function interval(estimate: Estimate, { end }: Style, joint: string): string[] {
  if (estimate.n < 2) return []
  const scale = scaleOf(estimate)
  return [`${end(estimate.lo, scale)}${joint}${end(estimate.hi, scale)}`]
}

/** `value (lo to hi)`, each printed by itself. */
export function withRange(
  { value, lo, hi }: Pick<Estimate, 'value' | 'lo' | 'hi'>,
  print = (of: number) => figure(of),
): string {
  return `${print(value)} (${print(lo)} to ${print(hi)})`
}

/** The unit stands with the value: `390 bytes (389 to 391)`. */
export function inUnit(unit: string, { value, end }: Style = styles.plain): Style {
  return { value: (of, scale) => `${value(of, scale)} ${unit}`, end }
}

const scaleOf = ({ value, lo, hi }: Estimate) => Math.max(Math.abs(value), Math.abs(lo), Math.abs(hi))

/** The scheme's name; the second control is told apart. */
export function armLabel({ scheme, twin }: Arm): string {
  return twin ? `${scheme} (again)` : scheme
}

/** Bytes as megabytes of a million bytes. */
export const megabytes = (bytes: number) => bytes / 1e6

/** A name as Markdown sets it. */
export const code = (name: string) => `\`${name}\``

export const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

/** `a, b and c` */
export function list(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

/** `1 trial`, `2 trials` */
export function counted(count: number, noun: string): string {
  return `${exact(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** All of its digits: what was counted is known exactly. */
export const exact = (count: number) => count.toLocaleString('en')

/** The machine in a few words. */
export function machine({ cpuModel, cores, runtime }: Environment): string {
  return `${cpuModel}, ${counted(cores, 'core')}, Node ${runtime.node.replace(/^v/, '')}`
}
