/**
 * Any part of a summary as a flat table of figures, for files and for readers who want numbers instead of a picture.
 * It follows from the shape of the records alone, so that what is added to a summary needs nothing here.
 */
import type { Estimate } from '../record/types.ts'

export interface Figure {
  /** What the figure is of: the scheme, the number of replicas, the arrival rate… */
  labels: Readonly<Record<string, string>>
  metric: string
  value: number
  /** Ends of the interval; null where there is none. */
  lo: number | null
  hi: number | null
  /** Blocks; null where it is no estimate over blocks. */
  n: number | null
  unit: string | null
  /** Whether a comparison counts as seen; null for what is none. */
  detected: boolean | null
}

type Labels = Figure['labels']
type Fields = Readonly<Record<string, unknown>>

/** Of an arm these tell it apart; the rest is how it was measured. */
const ARM_LABELS = ['scheme', 'variant', 'replicas', 'users', 'twin'] as const

/**
 * Beside an estimate, names and numbers are its labels. Without an estimate, numbers are figures themselves. Sentences
 * and lists of trials are neither.
 */
export function figuresOf(part: unknown, labels: Labels = {}, path: readonly string[] = []): Figure[] {
  if (Array.isArray(part)) return part.flatMap((item) => figuresOf(item, labels, path))
  if (!isFields(part)) return []
  const metric = path.join('.')
  if (isEstimate(part)) return [{ labels, metric, ...shown(part), detected: null }]
  if (isComparison(part) && 'detected' in part) {
    return [{ labels, metric, ...shown(part.estimate), detected: part.detected === true }]
  }
  const estimates = Object.values(part).some((value) => isEstimate(value) || isComparison(value))
  const own = { ...labels, ...labelsOf(part, estimates) }
  return Object.entries(part).flatMap(([key, value]) => {
    const inner = [...path, key]
    if (typeof value === 'number' && !estimates)
      return [{ labels: own, metric: inner.join('.'), value, ...NONE }]
    return key === 'arm' ? [] : figuresOf(value, own, inner)
  })
}

function labelsOf(fields: Fields, withNumbers: boolean): Labels {
  const arm = isFields(fields.arm) ? fields.arm : {}
  const ofArm = ARM_LABELS.flatMap((name) =>
    arm[name] === undefined || arm[name] === null || arm[name] === false ? [] : [[name, String(arm[name])]],
  )
  const ofOwn = Object.entries(fields).flatMap(([key, value]) => {
    const isLabel = (typeof value === 'string' && isName(value)) || (withNumbers && typeof value === 'number')
    return isLabel ? [[key, String(value)]] : []
  })
  return Object.fromEntries([...ofArm, ...ofOwn])
}

/** Longer texts are sentences. */
const isName = (text: string) => text.length <= 40

const NONE = { lo: null, hi: null, n: null, unit: null, detected: null }

type Interval = Pick<Estimate, 'value' | 'lo' | 'hi'> & Partial<Estimate>

/** One block has no interval. */
function shown({ value, lo, hi, n, unit }: Interval) {
  const interval = n === 1 ? { lo: null, hi: null } : { lo, hi }
  return { value, ...interval, n: n ?? null, unit: unit ?? null }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEstimate(value: unknown): value is Interval {
  return isFields(value) && ['value', 'lo', 'hi'].every((key) => typeof value[key] === 'number')
}

function isComparison(value: unknown): value is Fields & { estimate: Interval } {
  return isFields(value) && isEstimate(value.estimate)
}

/** Columns of labels, in the order in which they first come. */
export function labelNames(figures: readonly Figure[]): string[] {
  return [...new Set(figures.flatMap(({ labels }) => Object.keys(labels)))]
}

/** RFC 4180, with a heading. */
export function csv(figures: readonly Figure[]): string {
  const names = labelNames(figures)
  const head = [...names, 'metric', 'value', 'lo', 'hi', 'n', 'unit', 'detected']
  const rows = figures.map(({ labels, metric, value, lo, hi, n, unit, detected }) => [
    ...names.map((name) => labels[name] ?? ''),
    ...[metric, value, lo, hi, n, unit, detected].map((cell) => (cell === null ? '' : String(cell))),
  ])
  return `${[head, ...rows].map((cells) => cells.map(quoted).join(',')).join('\r\n')}\r\n`
}

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
