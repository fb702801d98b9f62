/** How often the interval of a clustered mean holds the truth, by simulation, and what it does to outliers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clusteredMean, weightedTogether } from './clustered.ts'
import { seededDraw } from './seeded.ts'

/** Standard normal values (Box & Muller 1958). */
function normals(seed: number): () => number {
  const draw = seededDraw(seed)
  const uniform = () => (draw(1 << 30) + 0.5) / (1 << 30)
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}

/** Share of 400 simulated runs whose interval holds the true mean. */
function coverage(clusters: number, each: number, between: number, tail = 0): number {
  const runs = 400
  const normal = normals(clusters * 1_000 + each)
  const draw = seededDraw(each)
  const one = (habit: number) => 100 + habit + 10 * normal() * (draw(100) < tail ? 6 : 1)
  const held = Array.from({ length: runs }, () => {
    const values = Array.from({ length: clusters }, () => {
      const habit = between * normal()
      return Array.from({ length: each }, () => one(habit))
    })
    const { lo, hi } = clusteredMean(values) ?? assert.fail()
    return lo <= 100 && hi >= 100 ? 1 : 0
  })
  return held.reduce<number>((a, b) => a + b, 0) / runs
}

test('95 of 100 intervals hold the mean where all processes are alike, with a heavy tail as well', () => {
  for (const [clusters, each] of [
    [1, 8],
    [2, 6],
    [4, 2],
    [8, 2],
  ] as const) {
    for (const tail of [0, 10]) {
      const share = coverage(clusters, each, 0, tail)
      assert.ok(share > 0.92, `${clusters} × ${each}, tail ${tail}: ${share}`)
    }
  }
})

test('processes that differ widen it: 90 of 100 from four generations on, where habit is half of a turn’s noise, and where it is more than all of it', () => {
  for (const [clusters, each] of [
    [4, 4],
    [8, 4],
  ] as const) {
    for (const habit of [5, 15]) {
      const share = coverage(clusters, each, habit)
      assert.ok(share > 0.9, `${clusters} × ${each}, habit ${habit}: ${share}`)
    }
  }
})

test('of two processes one may have four times as many turns as the other, and what they differ by is known from elsewhere', () => {
  const runs = 2_000
  const normal = normals(17)
  const known = { between: { variance: 25, degrees: 20 } }
  const held = Array.from({ length: runs }, () => {
    const values = [4, 16].map((turns) => {
      const habit = 5 * normal()
      return Array.from({ length: turns }, () => 100 + habit + 5 * normal())
    })
    const { lo, hi } = clusteredMean(values, known) ?? assert.fail()
    return lo <= 100 && hi >= 100
  }).filter(Boolean).length
  // Taken as two equal ones they hold it in 92 of 100.
  assert.ok(held / runs > 0.935 && held / runs < 0.985, `${held} of ${runs}`)
})

test('it is no wider than it has to be: as wide as that of a plain mean, within a third', () => {
  const normal = normals(5)
  const values = Array.from({ length: 4 }, () => Array.from({ length: 10 }, () => 10 * normal()))
  const { lo, hi } = clusteredMean(values) ?? assert.fail()
  const plain = (2 * 2.02 * 10) / Math.sqrt(40)
  assert.ok(hi - lo < 1.4 * plain, `${hi - lo} against ${plain}`)
})

test('turns in which the host fell to a third do not move it', () => {
  const calm = [10, 11, 9, 10, 10.5, 9.5, 10, 11, 9, 10]
  const { value } = clusteredMean([[...calm, 30, 32]]) ?? assert.fail()
  assert.ok(Math.abs(value - 10) < 0.5, String(value))
})

test('too few values have no interval; equal ones have one without width', () => {
  assert.equal(clusteredMean([[1, 2], [3]]), null)
  assert.equal(clusteredMean([]), null)
  const equal = clusteredMean([
    [5, 5, 5],
    [5, 5, 5],
  ])
  assert.deepEqual(equal, { value: 5, lo: 5, hi: 5, n: 6, error: 0, degrees: 3, p: 0 })
})

test('a poor look beside a good one widens nothing, and 95 of 100 intervals of both together hold the mean', () => {
  const runs = 2_000
  const normal = normals(23)
  const draw = (clusters: number, each: number, sd: number, between: number) =>
    Array.from({ length: clusters }, () => {
      const habit = between * normal()
      return Array.from({ length: each }, () => 100 + habit + sd * normal())
    })
  const [held, widths] = [{ both: 0 }, { good: 0, both: 0 }]
  for (let run = 0; run < runs; run++) {
    const good = clusteredMean(draw(4, 8, 10, 0)) ?? assert.fail()
    const poor = clusteredMean(draw(2, 2, 20, 8)) ?? assert.fail()
    const both = weightedTogether([good, poor]) ?? assert.fail()
    if (both.lo <= 100 && both.hi >= 100) held.both++
    widths.good += good.hi - good.lo
    widths.both += both.hi - both.lo
  }
  assert.ok(held.both / runs > 0.93, `${held.both / runs}`)
  assert.ok(widths.both <= 1.05 * widths.good, `${widths.both / widths.good} of the good one alone`)
  assert.equal(weightedTogether([]), null)
})
