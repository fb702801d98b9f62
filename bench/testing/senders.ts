/** Instruments that are broken on purpose, each in one way: a proof that lets them pass proves nothing. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type autocannon from 'autocannon'
import { machineUs } from '../load/clock.ts'
import type { LoadJob, LoadReport } from '../load/job.ts'
import { scheduleOf } from '../load/open/schedule.ts'
import {
  createHistogram,
  encodeHistogram,
  type Histogram,
  recordUs,
  summarizeHistogram,
} from '../stats/histogram.ts'
import type { Instrument } from '../verify/proof.ts'
import { quickStarting } from './programs.ts'

/** What is not answered this long after the last arrival is in flight; a busy machine takes seconds to answer the rest. */
const DRAIN_US = 10_000_000

type OpenLoad = Extract<LoadJob['load'], { loop: 'open' }>

export interface Flaws {
  /** Counts latency from the actual send, as a closed loop does. */
  fromSend?: boolean
  /** Counts in whole milliseconds. */
  wholeMs?: boolean
  /** One arrival in this many is neither sent nor in the account. */
  forgets?: number
  /** Asks the clock less often than requests are due, and does nothing else meanwhile. */
  blocksMs?: number
  /** Sends at this share of the rate. */
  slower?: number
  /** One arrival in this many that fails is left out of the account. */
  hidesLost?: boolean
  /** After the first failure each reply is taken for a later request, by so many ms. */
  drifts?: number
}

const counts = () => ({ scheduled: 0, ok: 0, error: 0, timeout: 0, lost: 0, inFlight: 0 })

/** A small open-loop sender in this process; without flaws it is what the proofs let pass. */
export function plainSender(flaws: Flaws = {}): Instrument {
  return instrument(async (job, onWindow) => {
    onWindow('open')
    const report = await send(job, openLoad(job), flaws)
    onWindow('close')
    return report
  })
}

function instrument(load: Instrument['load']): Instrument {
  return {
    pids: [process.pid],
    login: async ({ users }) => ({ count: users, seconds: 0 }),
    load,
    close: async () => {},
  }
}

function openLoad({ load }: LoadJob): OpenLoad {
  if (load.loop !== 'open') throw new Error('this sender has an open loop only')
  return load
}

async function send(job: LoadJob, load: OpenLoad, flaws: Flaws): Promise<LoadReport> {
  const agent = new Agent({ keepAlive: true })
  const [corrected, uncorrected, lag] = [createHistogram(), createHistogram(), createHistogram()]
  const account = counts()
  const waiting: number[] = []
  let open = 0
  let drift = 0
  const round = (us: number) => (flaws.wholeMs ? Math.floor(us / 1_000) * 1_000 : us)
  const one = async (intendedUs: number) => {
    const sentUs = machineUs()
    open++
    const answered = await isAnswered(agent, job.url)
    open--
    if (answered) {
      account.ok++
      recordUs(corrected, round(machineUs() - (flaws.fromSend ? sentUs : intendedUs)) + drift)
      recordUs(uncorrected, round(machineUs() - sentUs) + drift)
    } else {
      if (flaws.drifts) drift = flaws.drifts * 1_000
      if (flaws.hidesLost) account.scheduled--
      else account.lost++
    }
    sendNext()
  }
  const sendNext = () => {
    const next = open < load.connections ? waiting.shift() : undefined
    if (next !== undefined) void one(next)
  }
  const startUs = machineUs()
  const due = arrivals(load, job.measureSec, flaws.slower)
  for (let next = 0; next < due.length; ) {
    for (const now = machineUs(); next < due.length && startUs + (due[next] ?? 0) <= now; next++) {
      account.scheduled++
      if (flaws.forgets && next % flaws.forgets === 0) continue
      recordUs(lag, now - startUs - (due[next] ?? 0))
      waiting.push(startUs + (due[next] ?? 0))
      sendNext()
    }
    await sleep(1)
    if (flaws.blocksMs) for (const until = machineUs() + flaws.blocksMs * 1_000; machineUs() < until; );
  }
  for (const until = machineUs() + DRAIN_US; open > 0 && machineUs() < until; ) await sleep(5)
  account.inFlight = open
  if (flaws.forgets) account.scheduled = account.ok + account.lost + account.inFlight
  agent.destroy()
  return report(job, load, { corrected, uncorrected, lag, account })
}

function arrivals(load: OpenLoad, sec: number, slower = 1): number[] {
  const schedule = scheduleOf({ ...load, arrivalsPerSec: load.arrivalsPerSec * slower })
  const times: number[] = []
  for (let at = schedule(); at < sec * 1e6; at = schedule()) times.push(at)
  return times
}

function isAnswered(agent: Agent, url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request(new URL('/me', url), { agent, headers: { 'X-User': 'user0' } }, (res) => {
      res.resume().on('end', () => resolve(true))
    })
    sent.on('error', () => resolve(false))
    sent.end()
  })
}

interface Seen {
  corrected: Histogram
  uncorrected: Histogram
  lag: Histogram
  account: ReturnType<typeof counts>
}

function report(job: LoadJob, load: OpenLoad, { corrected, uncorrected, lag, account }: Seen): LoadReport {
  return {
    windowSec: job.measureSec,
    requests: account.ok,
    requestsPerSlice: [],
    statusCounts: { 200: account.ok },
    errors: account.lost,
    verifiedBodies: 0,
    wrongAnswers: 0,
    wrongExamples: [],
    distinctUsers: 1,
    latencyUs: summarizeHistogram(corrected),
    arrivals: {
      perSec: load.arrivalsPerSec,
      spacing: load.spacing,
      account,
      noticed: account.scheduled,
      uncorrectedUs: summarizeHistogram(uncorrected),
      lagUs: summarizeHistogram(lag),
      meanInFlight: 0,
      backlogMax: 0,
      reconnects: 0,
      histogram: encodeHistogram(corrected),
    },
    bytesSent: 0,
    bytesReceived: 0,
  }
}

/** autocannon by itself: its rate mode, with its own latencies, corrected as it does it or not. */
export function autocannonSender({ corrected }: { corrected: boolean }): Instrument {
  return instrument(async (job, onWindow) => {
    const load = openLoad(job)
    const options = {
      url: `${job.url}/me`,
      connections: Math.min(load.connections, load.arrivalsPerSec),
      overallRate: load.arrivalsPerSec,
      duration: job.measureSec,
      ignoreCoordinatedOmission: !corrected,
      headers: { 'X-User': 'user0' },
    }
    const result = await runAutocannon(options, () => onWindow('open'))
    onWindow('close')
    const histogram = likeItsPercentiles(result.latency)
    const { sent } = result.requests
    const account = { ...counts(), scheduled: sent, ok: result['2xx'], inFlight: sent - result['2xx'] }
    return report(job, load, {
      corrected: histogram,
      uncorrected: histogram,
      lag: createHistogram(),
      account,
    })
  })
}

async function runAutocannon(options: autocannon.Options, onStart: () => void): Promise<autocannon.Result> {
  const [, program = ''] = await quickStarting(new URL('../verify/autocannon.fixture.ts', import.meta.url))
  const child = fork(program, { execArgv: [] })
  try {
    await once(child, 'message')
    onStart()
    child.send(options)
    return (await once(child, 'message'))[0]
  } finally {
    child.kill('SIGKILL')
  }
}

/** A histogram that has about the percentiles which autocannon tells, in its whole milliseconds. */
function likeItsPercentiles(latency: autocannon.Histogram): Histogram {
  const histogram = createHistogram()
  const { p2_5, p50, p97_5, p99, max } = latency
  const steps: [number, number][] = [
    [25, p2_5],
    [500, p50],
    [975, p97_5],
    [990, p99],
    [1_000, max],
  ]
  let [rank, ms] = [0, latency.min]
  for (const [nextRank, nextMs] of steps) {
    for (let i = rank + 1; i <= nextRank; i++)
      recordUs(histogram, 1_000 * (ms + ((nextMs - ms) * (i - rank)) / (nextRank - rank)))
    ;[rank, ms] = [nextRank, nextMs]
  }
  return histogram
}
