/**
 * Any part of a summary as a flat table of figures, for files and for readers who want numbers instead of a picture.
 * It follows from the shape of the records alone, so that what is added to a summary needs nothing here.
 */

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
  if (isEstimate(part)) return [{ ...bare(part, labels, path), ...intervalOf(part), detected: null }]
  if (isEstimate(part.estimate) && 'detected' in part) {
    const { estimate, detected } = part
    return [{ ...bare(estimate, labels, path), ...intervalOf(estimate), detected: detected === true }]
  }
  const estimates = Object.values(part).some((value) => isEstimate(value) || isComparison(value))
  const own = { ...labels, ...labelsOf(part, estimates) }
  return Object.entries(part).flatMap(([key, value]) => {
    if (typeof value === 'number' && !estimates) return [{ ...bare({ value }, own, [...path, key]), ...NONE }]
    return key === 'arm' ? [] : figuresOf(value, own, [...path, key])
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

function bare({ value }: { value: number }, labels: Labels, path: readonly string[]) {
  return { labels, metric: path.join('.'), value }
}

interface EstimateFields {
  value: number
  lo: number
  hi: number
  n?: number
  unit?: string
}

/** One block has no interval. */
function intervalOf({ lo, hi, n, unit }: EstimateFields) {
  const has = n !== 1
  return { lo: has ? lo : null, hi: has ? hi : null, n: n ?? null, unit: unit ?? null }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEstimate(value: unknown): value is EstimateFields {
  return isFields(value) && ['value', 'lo', 'hi'].every((key) => typeof value[key] === 'number')
}

const isComparison = (value: unknown) => isFields(value) && isEstimate(value.estimate)

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
