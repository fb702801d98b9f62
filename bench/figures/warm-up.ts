/**
 * Which arms were measured before their code was compiled, as all blocks show it together.
 *
 * In one window a host that changes its speed looks the same, so the gate on a single window has to be wide. But the
 * host's changes go either way, and compilation only makes a request cheaper: what is there in block after block is
 * not the host.
 */
import { holm } from '../stats/holm.ts'
import { median } from '../stats/quantiles.ts'
import { pairedP } from '../stats/t-test.ts'
import { type ArmRecords, byBlock } from './records.ts'

const LEVEL = 0.05

/** Ids of the arms whose CPU a request falls inside the window; p is Holm-adjusted over the arms of a run. */
export function stillWarming(all: readonly ArmRecords[]): ReadonlySet<string> {
  const judged = all.flatMap((records) => {
    const trends = [...byBlock(records, ({ checks }) => checks.cpuTrend).values()]
    const p = pairedP(trends)
    return p === null ? [] : [{ id: records.arm.id, p, falls: median(trends) < 0 }]
  })
  const adjusted = holm(judged.map(({ p }) => p))
  return new Set(judged.filter(({ falls }, i) => falls && (adjusted[i] ?? 1) < LEVEL).map(({ id }) => id))
}
