/** Known values of the functions, and what comes back of variances that were drawn from a known law. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digamma, moderated, trigamma, usualVariance, type Variance } from './moderated.ts'
import { seededNormal } from './normal.ts'
import { tQuantile } from './student-t.ts'
import { mean, sum } from './sums.ts'

const EULER = 0.577_215_664_901_532_9

test('digamma and trigamma have the values of their tables', () => {
  const near = (found: number, known: number) => assert.ok(Math.abs(found - known) < 1e-8, `${found}`)
  near(digamma(1), -EULER)
  near(digamma(0.5), -EULER - 2 * Math.LN2)
  near(digamma(10), 2.251_752_589_066_721)
  near(trigamma(1), Math.PI ** 2 / 6)
  near(trigamma(0.5), Math.PI ** 2 / 2)
  near(trigamma(10), 0.105_166_335_681_685_75)
})

const DEGREES = 6

/** As many variances of 7 values each, of true variances `of(i)`. */
function seenOf(count: number, of: (i: number) => number, seed: number): Variance[] {
  const normal = seededNormal(seed)
  return Array.from({ length: count }, (_, i) => {
    const squares = Array.from({ length: DEGREES }, () => of(i) * normal() ** 2)
    return { variance: sum(squares) / DEGREES, degrees: DEGREES }
  })
}

test('equal variances are worth nearly all of themselves together, and their mean comes out', () => {
  const found = Array.from({ length: 200 }, (_, seed) =>
    usualVariance(
      seenOf(12, () => 4, seed),
      72,
    ),
  )
  const variances = found.map((one) => one?.variance ?? assert.fail())
  assert.ok(Math.abs(mean(variances) - 4) < 0.4, `${mean(variances)}`)
  assert.ok(found.filter((one) => one?.degrees === 72).length > 100)
})

test('variances that differ by a factor of sixteen are worth little', () => {
  const found = Array.from({ length: 100 }, (_, seed) =>
    usualVariance(
      seenOf(12, (i) => (i % 2 ? 1 : 16), seed),
      72,
    ),
  )
  const degrees = mean(found.map((one) => one?.degrees ?? assert.fail()))
  assert.ok(degrees < 8, `${degrees}`)
})

test('one is moved towards what is usual by what both are worth, and stays what it is beside nothing', () => {
  const own = { variance: 1, degrees: 5 }
  assert.deepEqual(moderated(own, { variance: 4, degrees: 10 }), { variance: 3, degrees: 15 })
  assert.equal(moderated(own, null), own)
  assert.equal(usualVariance([own, own], 10), null)
  assert.equal(usualVariance([own, own, { variance: 0, degrees: 5 }], 10), null)
})

test('intervals by it hold the mean nineteen times in twenty, and hardly less for those that are noisier than others', () => {
  const [quiet, noisy, each] = [1, 1.5 ** 2, 8]
  const held = { quiet: [0, 0], noisy: [0, 0] } as { quiet: [number, number]; noisy: [number, number] }
  for (let seed = 0; seed < 400; seed++) {
    const normal = seededNormal(seed)
    const groups = Array.from({ length: 9 }, (_, i) => {
      const variance = i < 3 ? noisy : quiet
      const values = Array.from({ length: each }, () => Math.sqrt(variance) * normal())
      const middle = mean(values)
      const squares = sum(values.map((one) => (one - middle) ** 2))
      return { middle, own: { variance: squares / (each - 1), degrees: each - 1 } }
    })
    const usual = usualVariance(
      groups.map(({ own }) => own),
      9 * (each - 1),
    )
    for (const [i, { middle, own }] of groups.entries()) {
      const { variance, degrees } = moderated(own, usual)
      const reach = tQuantile(0.975, Math.floor(degrees)) * Math.sqrt(variance / each)
      const count = i < 3 ? held.noisy : held.quiet
      count[0] += Number(Math.abs(middle) <= reach)
      count[1] += 1
    }
  }
  const share = ([inside, all]: [number, number]) => inside / all
  assert.ok(share(held.quiet) > 0.94, `quiet: ${share(held.quiet)}`)
  assert.ok(share(held.noisy) > 0.9, `noisy: ${share(held.noisy)}`)
})
