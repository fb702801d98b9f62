/** Proof: connections that end, break, hang or are refused are all in the account, and disturb nothing after it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { machineUs } from '../../load/clock.ts'
import type { Arrivals } from '../../record/types.ts'
import { decodeHistogram } from '../../stats/histogram.ts'
import { countUpTo } from '../laws.ts'
import { type Finding, type Instrument, logIn, type Proof, sendOpenLoop } from '../proof.ts'
import type { HeldServer, Server } from '../server.ts'
import type { Behaviour, ServerLog } from '../server-log.ts'
import type { TestBed } from '../test-bed.ts'

const PER_SEC = 500
/** Parts of the run: faults in one of its tenths, an undisturbed half, then the marked replies. */
const FAULTS = { from: 0.3, until: 0.4 }
const MARKED_FROM = 0.9
/** Of the requests in the tenth of the faults. */
const EVERY = 10
/** No reply takes this long by itself; together with the faults' doing still none takes as long as that and more. */
const MARK_MS = 30
/** Marked replies are that late, and by this much at most: timers, and the machine's other work. */
const MARK_SLACK_MS = 5
const MARKED_SHARE = 0.9
/** How long a server that was killed stays away. */
const AWAY_SEC = 0.2

type Kind = 'fin' | 'rst' | 'hang' | 'restart'
const KINDS: readonly Kind[] = ['fin', 'rst', 'hang', 'restart']

/** What one run with one kind of fault left. */
export interface FaultRun {
  kind: Kind
  /** Arrivals asked for. */
  asked: number
  account: Arrivals['account']
  /** Of all server processes of the run that could still be asked. */
  served: Pick<ServerLog, 'marked' | 'faults'> & { replies: number }
  /** Latencies that lie where those of marked replies should. */
  recovered: number
}

/**
 * What is wrong with a run, or null. The last tenth of the latencies can be told from the others in a histogram,
 * since the server answers it late by a known time; an instrument that keeps a fault's delay, or pairs replies with
 * the wrong requests from then on, finds them elsewhere.
 */
export function faultOf({ kind, asked, account, served, recovered }: FaultRun): string | null {
  const { scheduled, ok, error, timeout, lost, inFlight } = account
  if (scheduled !== asked) return `${scheduled} scheduled of ${asked}`
  const sum = ok + error + timeout + lost + inFlight
  if (sum !== scheduled) return `${scheduled} scheduled, ${sum} accounted for`
  if (kind !== 'restart') {
    const unanswered = kind === 'hang' ? timeout + inFlight : lost
    if (ok !== served.replies) return `${ok} ok, the server sent ${served.replies}`
    if (unanswered !== served.faults)
      return `${unanswered} without a reply, the server caused ${served.faults}`
    if (served.faults === 0) return 'the server met no request to spoil'
  }
  if (served.marked === 0) return 'no request came in the last tenth'
  if (recovered < MARKED_SHARE * served.marked)
    return `${recovered} of the last ${served.marked} latencies are at the baseline`
  return null
}

/** @param sec of each of the four runs */
export function faults({ sec = 4, kinds = KINDS } = {}): Proof {
  return {
    id: 'faults',
    shows: 'lost connections, hangs and restarts are accounted for, then over',
    timed: true,
    async run(instrument, bed): Promise<Finding> {
      const runs: FaultRun[] = []
      for (const kind of kinds) runs.push(await runWith(kind, sec, instrument, bed))
      const wrong = runs.flatMap((run) => {
        const what = faultOf(run)
        return what === null ? [] : [`${run.kind}: ${what}`]
      })
      const told = runs.map(({ kind, account: { lost, timeout, inFlight } }) => {
        return `${kind} ${lost + timeout + inFlight}`
      })
      return {
        expected: 'scheduled = ok + error + timeout + lost + in flight; last tenth at the baseline',
        measured: wrong.length > 0 ? wrong.join('; ') : `closed; without a reply: ${told.join(', ')}`,
        passed: wrong.length === 0,
        figures: Object.fromEntries(
          runs.flatMap(({ kind, account, served, recovered }) => [
            ...Object.entries(account).map(([name, count]) => [`${kind}-${name}`, count]),
            [`${kind}-marked`, served.marked],
            [`${kind}-recovered`, recovered],
          ]),
        ),
      }
    },
  }
}

async function runWith(kind: Kind, sec: number, instrument: Instrument, bed: TestBed): Promise<FaultRun> {
  const server = await bed.serve()
  const successor = kind === 'restart' ? await bed.hold() : undefined
  await logIn(instrument, server.url)
  await sendOpenLoop(instrument, { url: server.url, perSec: PER_SEC, sec: 0.5 })
  await server.log()
  let last = Promise.resolve(server)
  const report = await sendOpenLoop(instrument, { url: server.url, perSec: PER_SEC, sec }, (edge) => {
    if (edge === 'close') return
    const at = (share: number) => machineUs() + share * sec * 1e6
    const mark = { fromUs: at(MARKED_FROM), delayMs: MARK_MS }
    const spoilt: Behaviour = { mark }
    if (kind !== 'restart')
      spoilt.fault = { kind, every: EVERY, fromUs: at(FAULTS.from), untilUs: at(FAULTS.until) }
    server.behave(spoilt)
    if (!successor) return
    last = replaced(server, successor, FAULTS.from * sec, { mark })
    // Awaited below; a generator that fails first must not leave it unheard.
    last.catch(() => {})
  })
  const living = await last
  const { tookUs, marked, faults: caused } = await living.log()
  await living.stop()
  const histogram = decodeHistogram(report.arrivals.histogram)
  const atMost = (ms: number) => countUpTo(histogram, ms * 1_000)
  return {
    kind,
    asked: PER_SEC * sec,
    account: report.arrivals.account,
    served: { marked, faults: caused, replies: tookUs.length },
    recovered: atMost(MARK_MS + MARK_SLACK_MS) - atMost(MARK_MS - 0.1),
  }
}

/** Killed after so long; its successor listens in its place a while later. */
async function replaced(server: Server, successor: HeldServer, afterSec: number, behaviour: Behaviour) {
  await sleep(afterSec * 1_000)
  server.signal('SIGKILL')
  await server.ended
  await sleep(AWAY_SEC * 1_000)
  const listening = await successor.listen(Number(new URL(server.url).port))
  listening.behave(behaviour)
  return listening
}
