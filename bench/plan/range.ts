/** Arithmetic of quantities that are known as a value and an interval; all of them positive or zero. */

/** A quantity, and the range that the measured intervals leave for it. */
export interface Range {
  value: number
  lo: number
  hi: number
}

/** Without the unit, n and warnings that an estimate also has. */
export function rangeOf({ value, lo, hi }: Range): Range {
  return { value, lo, hi }
}

export function exactly(value: number): Range {
  return { value, lo: value, hi: value }
}

export function times(a: Range, b: Range): Range {
  return { value: a.value * b.value, lo: a.lo * b.lo, hi: a.hi * b.hi }
}

export function scaled(a: Range, factor: number): Range {
  return times(a, exactly(factor))
}

/** Infinite where `b` reaches zero. */
export function over(a: Range, b: Range): Range {
  return { value: a.value / b.value, lo: a.lo / b.hi, hi: a.hi / b.lo }
}

export function plus(a: Range, b: Range): Range {
  return { value: a.value + b.value, lo: a.lo + b.lo, hi: a.hi + b.hi }
}

export function atMost({ value, lo, hi }: Range, limit: number): Range {
  return { value: Math.min(value, limit), lo: Math.min(lo, limit), hi: Math.min(hi, limit) }
}

/** Whole units, and at least `least`: nobody rents a part of one. */
export function wholeUnits(a: Range, least: number): Range {
  // Products of decimals end a hair above a whole number now and then, which is no reason for one more unit.
  const up = (amount: number) => Math.max(least, Math.ceil(amount - 1e-9))
  return { value: up(a.value), lo: up(a.lo), hi: up(a.hi) }
}
