/** What occasions differ by comes back from made-up ones, and intervals over them hold the truth as often as they say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededNormal } from './normal.ts'
import { acrossOccasions, betweenOccasions, errorOf, type Seen, widened } from './occasions.ts'
import { mean } from './sums.ts'

const TRUTH = 5
const ERROR = 0.1

/** `runs` on each of `count` occasions, which differ by `between`; runs of one by `within` beside their own error. */
function made(normal: () => number, { count = 3, runs = 2, between = 0.2, within = 0 } = {}): Seen[][] {
  return Array.from({ length: count }, () => {
    const occasion = TRUTH + between * normal()
    return Array.from({ length: runs }, () => {
      return { value: occasion + within * normal() + ERROR * normal(), error: ERROR }
    })
  })
}

const ROUNDS = 2_000

function held(of: Parameters<typeof made>[1]): number {
  const normal = seededNormal(1)
  let inside = 0
  for (let i = 0; i < ROUNDS; i++) {
    const { lo, hi } = acrossOccasions(made(normal, of)) ?? assert.fail()
    if (lo <= TRUTH && TRUTH <= hi) inside++
  }
  return inside / ROUNDS
}

test('an interval over occasions holds the truth in 94 of 100 cases and more, whatever occasions differ by', () => {
  for (const between of [0, 0.05, 0.2, 1])
    for (const [count, runs] of [
      [3, 2],
      [4, 2],
      [6, 1],
    ] as const) {
      const share = held({ count, runs, between, within: between / 2 })
      assert.ok(share >= 0.94, `${count} × ${runs}, ${between}: ${share}`)
    }
})

test('runs of one hour are no six occasions: taken as such, intervals would hold it in fewer than 80 of 100', () => {
  const normal = seededNormal(2)
  let inside = 0
  for (let i = 0; i < ROUNDS; i++) {
    const apart = made(normal, { count: 3, runs: 4, between: 0.5 })
      .flat()
      .map((seen) => [seen])
    const { lo, hi } = acrossOccasions(apart) ?? assert.fail()
    if (lo <= TRUTH && TRUTH <= hi) inside++
  }
  assert.ok(inside / ROUNDS < 0.8, `${inside / ROUNDS}`)
})

test('the value is the median of all, and inside; one occasion has no interval', () => {
  const seen = [1, 2, 30].map((value) => [{ value, error: 0 }])
  const found = acrossOccasions(seen) ?? assert.fail()
  assert.equal(found.value, 2)
  assert.ok(found.lo <= 2 && found.hi >= 2)
  // By hand: mean 11, standard deviation 16.4621, t of 2 degrees 4.30265.
  assert.ok(Math.abs(found.hi - (11 + (4.302653 * 16.462078) / Math.sqrt(3))) < 1e-4)
  assert.equal(acrossOccasions([seen.flat()]), null)
  assert.equal(acrossOccasions([]), null)
})

test('occasions that agree by luck have an interval no narrower than their own errors make it', () => {
  const { lo, hi } = acrossOccasions([1, 1, 1].map((value) => [{ value, error: 0.5 }])) ?? assert.fail()
  assert.ok(Math.abs((hi - lo) / 2 - (4.302653 * 0.5) / Math.sqrt(3)) < 1e-5)
})

test('what single values vary by between occasions is told without bias, with runs of an hour or alone', () => {
  const normal = seededNormal(3)
  for (const [count, runs] of [
    [6, 1],
    [3, 2],
  ] as const) {
    const found = Array.from({ length: ROUNDS }, () => {
      const figures = [made(normal, { count, runs, between: 0.3, within: 0.2 })]
      return betweenOccasions(figures)?.variance ?? assert.fail()
    })
    assert.ok(Math.abs(mean(found) / 0.13 - 1) < 0.05, `${count} × ${runs}: ${mean(found)}`)
  }
})

test('by hand: two occasions; none that differ; none known', () => {
  const of = (...values: number[]) => values.map((value) => [{ value, error: 1 }])
  assert.deepEqual(betweenOccasions([of(0, 4)]), { variance: 7, noise: 1, degrees: 1 })
  assert.deepEqual(betweenOccasions([of(0, 1, 0)]), { variance: 0, noise: 1, degrees: 2 })
  assert.equal(betweenOccasions([of(1)]), null)
  assert.equal(betweenOccasions([]), null)
  // Five figures are worth 20 ÷ 8 of one.
  assert.equal(betweenOccasions(Array.from({ length: 5 }, () => of(0, 4, 0)))?.degrees, 5)
})

test('the interval of one run, widened, holds the truth of the machine in 93 of 100 cases; its own does in fewer than 70', () => {
  const normal = seededNormal(4)
  let [wide, own] = [0, 0]
  for (let i = 0; i < ROUNDS; i++) {
    const known = betweenOccasions([made(normal, { count: 6, runs: 1, between: 0.2 })]) ?? assert.fail()
    const [[seen] = []] = made(normal, { count: 1, runs: 1, between: 0.2 })
    const { value } = seen ?? assert.fail()
    const alone = { value, lo: value - 1.96 * ERROR, hi: value + 1.96 * ERROR }
    const found = widened(alone, known)
    if (alone.lo <= TRUTH && TRUTH <= alone.hi) own++
    if (found.lo <= TRUTH && TRUTH <= found.hi) wide++
  }
  assert.ok(wide / ROUNDS > 0.93, `${wide / ROUNDS}`)
  assert.ok(own / ROUNDS < 0.7, `${own / ROUNDS}`)
})

test('a figure that nobody knows does not decide what the others vary by', () => {
  const known = [1, 1.1, 0.9].map((value) => [{ value, error: 0.02 }])
  const unknown = [1, 4, -3].map((value) => [{ value, error: 1 }])
  const alone = betweenOccasions([known]) ?? assert.fail()
  const both = betweenOccasions([known, unknown, unknown]) ?? assert.fail()
  assert.ok(Math.abs(both.variance / alone.variance - 1) < 0.01, `${both.variance}`)
  assert.equal(both.degrees, alone.degrees)
})

test('where few occasions agree, one run widened holds the truth in 95 of 100 cases, and is not three times as wide', () => {
  const normal = seededNormal(6)
  for (const between of [0, 0.05, 0.1, 0.2]) {
    let [inside, times] = [0, 0]
    for (let i = 0; i < ROUNDS; i++) {
      const known = betweenOccasions([made(normal, { between, within: between / 2 })]) ?? assert.fail()
      const value = TRUTH + between * normal() + 0.8 * ERROR * normal()
      const reach = 1.96 * 0.8 * ERROR
      const { lo, hi } = widened({ value, lo: value - reach, hi: value + reach }, known)
      if (lo <= TRUTH && TRUTH <= hi) inside++
      times += (hi - lo) / 2 / Math.hypot(reach, 1.96 * between)
    }
    assert.ok(inside / ROUNDS >= 0.95, `${between}: ${inside / ROUNDS}`)
    assert.ok(times / ROUNDS < 3, `${between}: ${times / ROUNDS} times`)
  }
})

test('widened is never narrower; by hand', () => {
  const seen = { value: 10, lo: 8.04, hi: 11.96 }
  assert.ok(Math.abs(errorOf(seen) - 1) < 1e-9)
  const { lo, hi } = widened(seen, { variance: 0, noise: 0, degrees: 2 })
  assert.ok(Math.abs(hi - seen.hi) < 0.01 && hi >= seen.hi && lo <= seen.lo)
  const wide = widened(seen, { variance: 2, noise: 0, degrees: 2 })
  // 3 ÷ 2 squared, times 2, is 4.5 degrees, so 4: t 2.776445.
  assert.ok(Math.abs(wide.hi - 10 - Math.sqrt(3) * 2.776445) < 1e-4)
  // What was told from two degrees with errors as large as these is worth two.
  const unsure = widened(seen, { variance: 2, noise: 1, degrees: 2 })
  assert.ok(Math.abs(unsure.hi - 10 - Math.sqrt(3) * 4.302653) < 1e-4)
})
