/** Proof: the closed loop reaches the throughput that wrk reaches against the same server. */
import { AuthscaleError } from '../../errors.ts'
import { findWrk } from '../../fleet/tools/tools.ts'
import { medianInterval } from '../../stats/median-interval.ts'
import { digits, type Finding, logIn, type Proof } from '../proof.ts'
import { type Bench, runGenerator, runPair } from '../side-by-side.ts'

const TOLERANCE = 0.05
const CONNECTIONS = 16
/** wrk takes whole seconds. */
const DURATION_SEC = 1
const WARMUP_SEC = 2
/**
 * Makes the server the bottleneck, whatever Node it runs on. Less of it shows another effect: the faster client gets
 * its replies one by one, the slower one in batches, which cost the server less.
 */
const BURN_US = 60
const expected = `generator ÷ wrk 1 ± ${TOLERANCE}`

/** A median outside of the bounds whose interval reaches into them is noise, not a finding. Pure. */
export function findingOf(ratios: readonly number[]): Finding {
  const { value, lo, hi } = medianInterval(ratios)
  const reaches = lo <= 1 + TOLERANCE && hi >= 1 - TOLERANCE
  const passed = Math.abs(value - 1) <= TOLERANCE ? true : reaches ? null : false
  const measured = `${digits(value)} (${digits(lo)} to ${digits(hi)})`
  return {
    expected,
    measured: passed === null ? `${measured}: too noisy here, see npm run verify:load` : measured,
    passed,
    figures: { ratio: value, ratioLo: lo, ratioHi: hi, pairs: ratios.length },
  }
}

/** The quick form of `npm run verify:load`, against a server of the proofs. */
export function throughput({ pairs = 20 } = {}): Proof {
  return {
    id: 'throughput',
    shows: 'the generator reaches wrk’s throughput, so it is no bottleneck',
    timed: true,
    async run(instrument, bed) {
      const wrk = await findWrk(bed.log).catch((error: unknown) => {
        if (error instanceof AuthscaleError) return error.message
        throw error
      })
      if (typeof wrk === 'string') return { expected, measured: wrk, passed: null, figures: {} }
      const server = await bed.serve({ burnUs: BURN_US })
      await logIn(instrument, server.url)
      const bench: Bench = {
        connections: CONNECTIONS,
        durationSec: DURATION_SEC,
        url: server.url,
        serverPid: server.pid,
        generator: instrument,
        wrk,
        cpus: bed.placement.sharedCpus.generator,
      }
      await runGenerator(bench, WARMUP_SEC)
      const ratios: number[] = []
      for (let pair = 0; pair < pairs; pair++)
        ratios.push((await runPair(bench, pair % 2 === 0 ? 'generator' : 'wrk')).ratio)
      return findingOf(ratios)
    },
  }
}
