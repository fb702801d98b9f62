/** Proofs on instruments that are broken on purpose: each has to fail, and to show the flaw that it is about. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Finding, Instrument, Proof } from '../verify/proof.ts'
import { openTestBed, type TestBed } from '../verify/test-bed.ts'
import { compiled, type Planted } from './compiled.ts'

export type Figures = Finding['figures']

/** A figure of a finding; one that is missing shows nothing. */
export const of = (figures: Figures, name: string) => figures[name] ?? Number.NaN

/** Beside the verdict each has to show its own flaw, since on a busy machine a proof can fail without any. */
export type Broken = readonly [
  what: string,
  proof: Proof,
  instrument: Instrument,
  shows: (figures: Figures) => boolean,
]

/** One test bed for the tests of a file. @returns what gives it once they run */
export function bedForTests(): () => TestBed {
  let bed: TestBed
  before(async () => {
    bed = await openTestBed({ signal: new AbortController().signal, log: () => {} })
  })
  after(() => bed.close())
  return () => bed
}

export function testsOf(broken: readonly Broken[], bed: () => TestBed): void {
  for (const [what, proof, instrument, shows] of broken) {
    test(`${proof.id} fails for ${what}`, async () => {
      const { passed, measured, figures } = await proof.run(instrument, bed())
      await bed().stopServers()
      assert.equal(passed, false, measured)
      assert.ok(shows(figures), `${measured} ${JSON.stringify(figures)}`)
    })
  }
}

/** A fault of the real generator: it lets arrivals gather for 2.5 ms, which is cheap. */
export const gathers: Planted = {
  file: 'bench/load/open/alarm.ts',
  snippet: 'LEAST_APART_US = 500',
  instead: 'LEAST_APART_US = 2_500',
}

/** The same bed, with the real generator but for one fault. */
export async function withPlanted(bed: TestBed, planted: Planted): Promise<TestBed> {
  const [, program = ''] = await compiled(new URL('../load/main.ts', import.meta.url), planted)
  const { generator } = bed
  return { ...bed, generator: { ...generator, command: [...generator.command.slice(0, -1), program] } }
}
