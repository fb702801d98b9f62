/** A summary as a flat table: nothing lost, nothing made up, and files that a spreadsheet reads. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { syntheticLadders } from '../testing/synthetic-ladders.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { charts } from './charts.ts'
import { csv, figuresOf, labelNames } from './flat-figures.ts'
import { summarize } from './summarize.ts'

const estimate = { value: 5, lo: 4, hi: 6, unit: 'µs', n: 3, warnings: [] }

test('an estimate is one figure; names and numbers beside it say what it is of', () => {
  const found = figuresOf([{ scheme: 'jwt-hs256', arrivalsPerSec: 2_000, p99Us: estimate }])
  assert.deepEqual(found, [
    {
      labels: { scheme: 'jwt-hs256', arrivalsPerSec: '2000' },
      metric: 'p99Us',
      value: 5,
      lo: 4,
      hi: 6,
      n: 3,
      unit: 'µs',
      detected: null,
    },
  ])
})

test('a comparison says whether it was seen; one block has no interval; plain numbers are figures where nothing is estimated', () => {
  const [tax] = figuresOf({ authTaxUs: { estimate, detected: false, p: 0.4, detectable: 9 } })
  assert.equal(tax?.detected, false)
  assert.equal(tax?.metric, 'authTaxUs')
  const [single] = figuresOf({ x: { ...estimate, n: 1 } })
  assert.deepEqual([single?.lo, single?.hi, single?.n], [null, null, 1])
  const plain = figuresOf({ fault: 'redis-killed', measured: { failed: 3, due: 90 } })
  assert.deepEqual(
    plain.map(({ labels, metric, value }) => [labels.fault, metric, value]),
    [
      ['redis-killed', 'measured.failed', 3],
      ['redis-killed', 'measured.due', 90],
    ],
  )
})

test('of an arm the table keeps what tells it apart, and not how it was measured', () => {
  const { run, results } = syntheticRun({ experiments: ['cost'] })
  const figures = figuresOf(charts.cpu?.figures(summarize(run, results)))
  assert.deepEqual(labelNames(figures), ['scheme', 'replicas', 'users', 'twin'])
  const taxes = figures.filter(({ metric }) => metric === 'authTaxUs')
  const summary = summarize(run, results)
  const expected = summary.arms.flatMap(({ authTaxUs }) => authTaxUs?.estimate.value ?? [])
  assert.deepEqual(
    taxes.map(({ value }) => value),
    expected,
  )
})

test('every chart of a run has figures', () => {
  for (const { run, results } of [syntheticRun(), syntheticLadders()]) {
    const summary = summarize(run, results)
    for (const [name, { draw, figures }] of Object.entries(charts)) {
      if (draw(run, summary)) assert.ok(figuresOf(figures(summary)).length > 0, name)
    }
  }
})

/** As RFC 4180 says. */
function parsed(text: string): string[][] {
  const rows: string[][] = [[]]
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'))
    if (end === '\r\n') rows.push([])
  }
  return rows.slice(0, -1)
}

test('whatever is in a name, the file gives it back', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 40 }), { minLength: 1, maxLength: 5 }), (names) => {
      const text = csv(figuresOf(names.map((scheme) => ({ scheme, x: estimate }))))
      assert.deepEqual(
        parsed(text)
          .slice(1)
          .map(([name]) => name),
        names,
      )
    }),
  )
})
