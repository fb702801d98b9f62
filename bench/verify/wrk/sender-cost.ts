/** What the open loop costs the generator: CPU time a request at one arrival rate, window after window. */
import type { Traits } from '../../../servers/scheme.ts'
import type { Generator } from '../../load/job.ts'
import { runLoad } from './side-by-side.ts'

const ARRIVALS_PER_SEC = 5_000
/** The server must know that many. */
export const OPEN_LOOP_USERS = 10_000
const CONNECTIONS = 64
const LOGIN_CONCURRENCY = 32
/** The sender's own code is compiled by then. */
const WARMUP_SEC = 4
const WINDOW_SEC = 1
const WINDOWS = 40

export interface SenderCost {
  arrivalsPerSec: number
  users: number
  windowSec: number
  /** CPU µs a request of the generator in each window. */
  windows: number[]
}

/**
 * Poisson arrivals, every user in turn, replies verified, all as in a trial.
 *
 * @param url of the proxy, since the sender's neighbours on its core are part of what it costs
 * @returns null where the process's CPU time cannot be read
 * @throws AuthscaleError LOAD_NOT_COMPARABLE for an error or a wrong answer
 */
export async function measureSenderCost(
  generator: Generator,
  url: string,
  transport: Traits['transport'],
): Promise<SenderCost | null> {
  await generator.login({ url, transport, users: OPEN_LOOP_USERS, concurrency: LOGIN_CONCURRENCY })
  const cost = async (sec: number, seed: number) => {
    const arrivals = { arrivalsPerSec: ARRIVALS_PER_SEC, spacing: 'poisson' as const }
    const load = { loop: 'open' as const, ...arrivals, connections: CONNECTIONS, seed }
    return (await runLoad({ url, serverPid: null, generator }, load, sec)).cpuUsPerRequest
  }
  await cost(WARMUP_SEC, 0)
  const windows: number[] = []
  for (let seed = 1; seed <= WINDOWS; seed++) {
    const cpuUs = await cost(WINDOW_SEC, seed)
    if (cpuUs === null) return null
    windows.push(cpuUs)
  }
  return { arrivalsPerSec: ARRIVALS_PER_SEC, users: OPEN_LOOP_USERS, windowSec: WINDOW_SEC, windows }
}
