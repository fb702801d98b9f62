/**
 * Loaded by a server before its own code: from a signal on, its clock is a minute ahead, until the same signal again.
 * Only `Date` is shifted, which is all that tokens and cookies know of time; timers and the monotonic clock go on, as
 * they do on a machine whose clock is set. The file that its URL names as `mark` tells by how much, each time that it is set.
 */
import { writeFileSync } from 'node:fs'
import { CLOCK_SIGNAL } from './clock.ts'

const AHEAD_MS = 60_000

const mark = new URL(import.meta.url).searchParams.get('mark')
let aheadMs = 0
const RealDate = Date

class ShiftedDate extends RealDate {
  constructor(...given: [] | ConstructorParameters<DateConstructor>) {
    if (given.length === 0) super(RealDate.now() + aheadMs)
    else super(...(given as ConstructorParameters<DateConstructor>))
  }

  static override now(): number {
    return RealDate.now() + aheadMs
  }
}

function setClock(ms: number): void {
  aheadMs = ms
  if (mark !== null) writeFileSync(mark, String(ms))
}

globalThis.Date = ShiftedDate as DateConstructor
setClock(0)
process.on(CLOCK_SIGNAL, () => setClock(AHEAD_MS - aheadMs))
