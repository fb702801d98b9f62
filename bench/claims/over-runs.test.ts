/** One verdict over runs: agreement, contradiction, too few that decide, and what each says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { byVerdict, overRuns, reasons } from './over-runs.ts'
import type { ClaimFinding } from './schema.ts'

const FINDING: ClaimFinding = {
  id: 'server-resources',
  quote: 'sessions can use a lot of the server resources',
  source: 'made up',
  reading: null,
  metric: '',
  supportedIf: '',
  refutedIf: '',
  decidedBy: '',
  verdict: 'supported',
  boundary: null,
  turnsAtPerSec: null,
  sentence: 'so it is',
  estimates: [],
  evidence: [],
}

const LETTERS = { s: 'supported', r: 'refuted', d: 'depends', i: 'inconclusive', u: 'undecided' } as const

/** One run a letter, newest first, named A, B and so on. */
function over(letters: string, changes: Partial<ClaimFinding>[] = []) {
  const runs = [...letters].map((letter, i) => {
    const verdict = LETTERS[letter as keyof typeof LETTERS]
    const boundary = verdict === 'depends' ? `a boundary of run ${i}` : null
    return { run: String.fromCharCode(65 + i), claims: [{ ...FINDING, verdict, boundary, ...changes[i] }] }
  })
  return overRuns(runs)[0] ?? assert.fail('no claim')
}

test('runs that decide and agree give their verdict; those that measured nothing do not count', () => {
  assert.deepEqual([over('ss').verdict, over('ss').note], ['supported', ''])
  assert.equal(over('rruu').verdict, 'refuted')
  assert.equal(over('si').verdict, 'supported', 'half of those that measured it')
  assert.equal(over('suuuu').verdict, 'supported')
})

test('of those that measured it half at least have to decide, so that the lucky one is no verdict', () => {
  const { verdict, note } = over('siii')
  assert.equal(verdict, 'inconclusive')
  assert.equal(note, 'only 1 of 4 runs that measured it decides')
  assert.equal(over('iu').note, '1 run measured it, and none decides')
})

test('a contradiction is inconclusive and names the runs', () => {
  const { verdict, note } = over('srs')
  assert.equal(verdict, 'inconclusive')
  assert.equal(note, 'runs contradict each other: supported in A and C and refuted in B')
  assert.equal(over('sd').verdict, 'inconclusive')
})

test('several that depend on a rate give the span of their rates, others the boundary of the newest', () => {
  const turning = [{ turnsAtPerSec: { lo: 200, hi: 500 } }, { turnsAtPerSec: { lo: 100, hi: 200 } }]
  assert.deepEqual(
    [over('dd', turning).verdict, over('dd', turning).note],
    ['depends', 'the rate: it turns between 100 and 500 requests/s on one replica, by 2 runs'],
  )
  assert.equal(over('dd', turning.slice(0, 1)).note, 'a boundary of run 0')
  assert.equal(over('udd').note, 'a boundary of run 1')
})

test('where no run measured it there is no verdict; each that cannot carry it is named with its reason', () => {
  const { verdict, note } = over('uu')
  assert.deepEqual([verdict, note], ['undecided', 'no run can carry it'])
  const alone = { sentence: 'this run measured saturation alone' }
  assert.deepEqual(reasons(over('suuiu', [{}, alone, { sentence: 'nothing' }, {}, alone])), [
    [alone.sentence, ['B', 'E']],
    ['nothing', ['C']],
  ])
})

test('what each run says stands beside it, by verdict and whole', () => {
  const found = over('sius')
  assert.deepEqual(
    found.each.map(({ run, verdict }) => [run, verdict]),
    [
      ['A', 'supported'],
      ['B', 'inconclusive'],
      ['C', 'undecided'],
      ['D', 'supported'],
    ],
  )
  assert.deepEqual(byVerdict(found), [
    ['supported', ['A', 'D']],
    ['inconclusive', ['B']],
    ['undecided', ['C']],
  ])
})

test('the order of the runs changes no verdict, and one that measured nothing never does', () => {
  const letters = fc.array(fc.constantFrom('s', 'r', 'd', 'i', 'u'), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(letters, fc.nat(), (some, seed) => {
      const other = some.toSorted(
        (a, b) => ((a.charCodeAt(0) * (seed + 7)) % 11) - ((b.charCodeAt(0) * (seed + 7)) % 11),
      )
      assert.equal(over(other.join('')).verdict, over(some.join('')).verdict)
      assert.equal(over(`${some.join('')}u`).verdict, over(some.join('')).verdict)
    }),
  )
})
