/** The clock of all load against the machine's own, which other processes read. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

/** Twice what reading two clocks one after the other takes at the most, when nothing comes between. */
const TOLERANCE_US = 20
const READINGS = 1_000

const machineUs = () => Number(process.hrtime.bigint()) / 1_000

/** How far a clock lies from the machine's: by the readings between which least time passed. */
function offsetUs(nowUs: () => number): number {
  let least = { gap: Number.POSITIVE_INFINITY, offset: Number.NaN }
  for (let reading = 0; reading < READINGS; reading++) {
    const [before, now, after] = [machineUs(), nowUs(), machineUs()]
    if (after - before < least.gap) least = { gap: after - before, offset: now - (before + after) / 2 }
  }
  return least.offset
}

test('however it starts, the clock is that of the machine', async () => {
  for (let start = 0; start < 20; start++) {
    // Another name for the same module, which is then evaluated anew.
    const { nowUs } = (await import(`./clock.ts?${start}`)) as typeof import('./clock.ts')
    assert.ok(Math.abs(offsetUs(nowUs)) < TOLERANCE_US, `${offsetUs(nowUs)} µs`)
  }
})
