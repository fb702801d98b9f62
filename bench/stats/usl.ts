/** The Universal Scalability Law: throughput over size, as contention and coherency bend it. */

/** X(N) = λN/(1 + α(N − 1) + βN(N − 1)). */
export interface Usl {
  /** λ, throughput at N = 1. */
  perSecAtOne: number
  /** α, the share of work that waits for a shared resource; 0 or more. */
  contention: number
  /** β, what each pair spends on agreeing with each other; 0 or more. */
  coherency: number
}

/** Measured throughput at a size: replicas, cores or clients. */
export interface SizePoint {
  /** N, at least 1. */
  n: number
  perSec: number
}

/**
 * Gunther, "A simple capacity model of massively parallel transaction systems", CMG 1993, and "Guerrilla Capacity
 * Planning", 2007, ch. 5. Turned around, the law is linear in its parameters: N/X = 1/λ + (α/λ)(N − 1) +
 * (β/λ)N(N − 1). Weights (X/N)² make the squares those of relative errors, as throughput's noise is relative; and
 * λ is fitted too: dividing by one measured X(1), as the book does, gives that measurement's error to all.
 *
 * Negative α or β (from noise, or a superlinear start) would bend the curve up, in the end to a pole. At the least
 * squares under α, β >= 0 each of them is either free or 0, so the four cases are fitted and the best feasible one is
 * taken. The problem is convex: that is its exact solution, unless throughput falls off so fast that the best λ were
 * infinite, which is not feasible.
 *
 * Extrapolation is weak. From N of 1, 2, 3, 4 and 6 to 16, noise of 1 % gives a median error of 4 to 8 % and one in
 * twenty above 13 to 20 %; noise of 3 % gives 12 to 20 % and 35 to 43 %. With α and β free it were worse: at
 * α = 0.05 and β = 0.001 the medians are 9 and 27 %, instead of 8 and 14 %.
 *
 * @returns null for fewer than three different N, which leave the parameters open
 * @throws RangeError for N below 1 or throughput that is not above 0
 */
export function fitUsl(points: readonly SizePoint[]): Usl | null {
  for (const { n, perSec } of points)
    if (!(n >= 1 && perSec > 0 && Number.isFinite(n * perSec)))
      throw new RangeError(`N must be 1 or more and throughput above 0, got ${n} and ${perSec}`)
  if (new Set(points.map(({ n }) => n)).size < 3) return null
  const terms = [() => 1, (n: number) => n - 1, (n: number) => n * (n - 1)]
  const columns = terms.map((term) => points.map(({ n, perSec }) => (term(n) * perSec) / n))
  const fits = [[0, 1, 2], [0, 1], [0, 2], [0]]
    .map((free) => fitColumns(columns, free))
    .filter(({ coefficients: [base = 0, ...bends] }) => base > 0 && bends.every((bend) => bend >= 0))
  const best = fits.reduce((one, other) => (other.error < one.error ? other : one))
  const [base = 0, linear = 0, quadratic = 0] = best.coefficients
  return { perSecAtOne: 1 / base, contention: linear / base, coherency: quadratic / base }
}

/** X(N), in requests per second. */
export function uslThroughput({ perSecAtOne, contention, coherency }: Usl, n: number): number {
  return (perSecAtOne * n) / (1 + contention * (n - 1) + coherency * n * (n - 1))
}

/**
 * The size of most throughput, √((1 − α)/β), where X' = 0; not a whole number. 1 when contention alone (α >= 1) makes
 * every further one a loss.
 *
 * @returns Infinity when β = 0: throughput then only nears λ/α
 */
export function uslPeak({ contention, coherency }: Usl): number {
  if (contention >= 1) return 1
  return Math.max(1, Math.sqrt((1 - contention) / coherency))
}

/**
 * The smallest whole N whose throughput is at least `perSec`: X(N) >= X turned around is
 * βX·N² + ((α − β)X − λ)·N + (1 − α)X <= 0, met between its two roots (for β = 0 from its one root on).
 *
 * @returns null where no N is enough
 */
export function uslSize(usl: Usl, perSec: number): number | null {
  const { perSecAtOne, contention, coherency } = usl
  if (perSecAtOne >= perSec) return 1
  const slope = perSecAtOne - (contention - coherency) * perSec
  const rest = (1 - contention) * perSec
  // The smaller root, in the form that stays exact where the quadratic term is small or none.
  const root = (2 * rest) / (slope + Math.sqrt(slope ** 2 - 4 * coherency * perSec * rest))
  // Whole numbers end a hair above themselves now and then; NaN and Infinity stay what they are.
  const size = Math.max(1, Math.ceil(root - 1e-9))
  return slope > 0 && uslThroughput(usl, size) >= perSec * (1 - 1e-9) ? size : null
}

/** The model 1 = Σ c·column with the columns `free`; the other coefficients are 0. Error: sum of squares. */
function fitColumns(columns: readonly number[][], free: readonly number[]) {
  const chosen = free.map((index) => columns[index] ?? [])
  const ones = (columns[0] ?? []).map(() => 1)
  const { coefficients: found, residuals } = leastSquares(chosen, ones)
  const coefficients = columns.map((_, index) => found[free.indexOf(index)] ?? 0)
  return { coefficients, error: dot(residuals, residuals) }
}

/**
 * Coefficients of linearly independent columns, by modified Gram–Schmidt (Björck, BIT 7, 1967): normal equations would
 * square the condition number, and N(N − 1) against N − 1 has a large one.
 */
function leastSquares(columns: readonly number[][], target: readonly number[]) {
  const basis: number[][] = []
  for (const column of columns)
    basis.push(basis.reduce((rest, axis) => minus(rest, share(rest, axis), axis), column))
  let residuals = [...target]
  const coefficients = basis.map(() => 0)
  for (let i = basis.length - 1; i >= 0; i--) {
    coefficients[i] = share(residuals, basis[i] ?? [])
    residuals = minus(residuals, coefficients[i] ?? 0, columns[i] ?? [])
  }
  return { coefficients, residuals }
}

/** How much of `axis` a vector holds. */
const share = (vector: readonly number[], axis: readonly number[]) => dot(vector, axis) / dot(axis, axis)

/** Loops, since fits to thousands of resamples do little else. */
function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

function minus(a: readonly number[], factor: number, b: readonly number[]): number[] {
  const rest: number[] = []
  for (let i = 0; i < a.length; i++) rest.push((a[i] as number) - factor * (b[i] as number))
  return rest
}
