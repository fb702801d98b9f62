/** The harness's side of a clock that can be set: clock-preload.ts is loaded by the server and does what is asked here. */
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { becomes } from '../../load/in-time.ts'

export const CLOCK_SIGNAL = 'SIGUSR2'
const SET_WITHIN_MS = 5_000
const POLL_MS = 5

/** For `--import`. @param mark file in which the server tells how its clock was set */
export function clockPreload(script: string, mark: string): string {
  const url = pathToFileURL(script)
  url.searchParams.set('mark', mark)
  return url.href
}

/** Turns the clock of the process to the other of its two settings; resolves when it has done that. */
export async function shiftClock(pid: number, mark: string, to: 'ahead' | 'right'): Promise<void> {
  process.kill(pid, CLOCK_SIGNAL)
  const isSet = () => (readFileSync(mark, 'utf8') === '0') === (to === 'right')
  if (!(await becomes(isSet, SET_WITHIN_MS, POLL_MS))) throw new Error(`process ${pid} did not set its clock`)
}
