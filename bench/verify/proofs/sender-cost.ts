/** Proof: the sender costs hardly more CPU than sockets that send the same requests at the same instants. */
import { processCpuUs } from '../../probe/proc.ts'
import { medianInterval } from '../../stats/median-interval.ts'
import { median } from '../../stats/quantiles.ts'
import { type BareSockets, startBare } from '../bare.ts'
import { dispersion } from '../laws.ts'
import { digits, type Finding, type Instrument, logIn, type Proof, sendOpenLoop } from '../proof.ts'
import type { Server } from '../server.ts'
import { BIN_US, MOST_BUNCHED, BUNCHING_PER_SEC as PER_SEC } from './bunching.ts'

const MOST_RATIO = 1.2
const CONNECTIONS = 64
/** Until both are compiled: that is done by threads of their own, whose CPU counts. */
const WARMUP_SEC = 3
const WINDOW_SEC = 1

/** One window of either, with the same arrivals. */
export interface CostPair {
  sender: Cost
  bare: Cost
}

interface Cost {
  cpuUs: number
  /** Variance ÷ mean of the sends in bins of a millisecond, by the server's log. */
  bunching: number
}

/**
 * Who sends in bunches is woken less often, which is most of what sending costs: a sender that is cheap by that does not
 * send at the same instants. Where even the bare sockets did not, it was the machine, and only a ratio that is above the
 * bound with its whole interval decides. A median above it whose interval reaches below it decides nothing. Pure.
 */
export function findingOf(pairs: readonly CostPair[]): Finding {
  if (!pairs.every(({ sender, bare }) => sender.cpuUs > 0 && bare.cpuUs > 0))
    return { expected, measured: 'CPU time could not be read', passed: null, figures: {} }
  const ratio = medianInterval(pairs.map(({ sender, bare }) => sender.cpuUs / bare.cpuUs))
  const of = (who: keyof CostPair, what: keyof Cost) => median(pairs.map((pair) => pair[who][what]))
  const figures = {
    ratio: ratio.value,
    ratioLo: ratio.lo,
    ratioHi: ratio.hi,
    pairs: pairs.length,
    senderCpuUs: of('sender', 'cpuUs'),
    bareCpuUs: of('bare', 'cpuUs'),
    senderBunching: of('sender', 'bunching'),
    bareBunching: of('bare', 'bunching'),
  }
  const cpu = `${digits(figures.senderCpuUs)} against ${digits(figures.bareCpuUs)} µs a request`
  const range = `${digits(ratio.value)} (${digits(ratio.lo)} to ${digits(ratio.hi)})`
  return { expected, measured: `${range}, ${cpu}`, passed: judged(figures), figures }
}

const expected = `CPU of the sender ÷ of bare sockets at ${PER_SEC}/s: at most ${MOST_RATIO}`

function judged({
  ratio,
  ratioLo,
  senderBunching,
  bareBunching,
}: Record<'ratio' | 'ratioLo' | `${keyof CostPair}Bunching`, number>): boolean | null {
  if (ratioLo > MOST_RATIO) return false
  if (bareBunching > MOST_BUNCHED) return null
  if (senderBunching > MOST_BUNCHED) return false
  return ratio <= MOST_RATIO ? true : null
}

export function senderCost({ pairs = 8, warmupSec = WARMUP_SEC, windowSec = WINDOW_SEC } = {}): Proof {
  return {
    id: 'sender-cost',
    shows: 'the sender costs hardly more than bare sockets at the same instants',
    timed: true,
    async run(instrument, bed) {
      const server = await bed.serve()
      await logIn(instrument, server.url)
      const bare = await startBare(bed)
      try {
        const sides = { sender: senderOf(instrument, server), bare: bareOf(bare, server) }
        for (const cost of Object.values(sides)) await cost(0, warmupSec)
        const measured: CostPair[] = []
        while (measured.length < pairs)
          measured.push(await measurePair(sides, measured.length + 1, windowSec))
        return findingOf(measured)
      } finally {
        await bare.stop()
      }
    },
  }
}

type Side = (seed: number, sec: number) => Promise<Cost>

/** Who is first alternates. */
async function measurePair(
  { sender, bare }: Record<keyof CostPair, Side>,
  seed: number,
  sec: number,
): Promise<CostPair> {
  const ahead = seed % 2 === 0 ? await bare(seed, sec) : undefined
  const own = await sender(seed, sec)
  return { sender: own, bare: ahead ?? (await bare(seed, sec)) }
}

function senderOf(instrument: Instrument, server: Server): Side {
  return (seed, sec) =>
    costOf(server, instrument.pids, async (onEdge) => {
      const load = { url: server.url, perSec: PER_SEC, connections: CONNECTIONS, sec, seed }
      const job = { ...load, spacing: 'poisson' as const }
      return (await sendOpenLoop(instrument, job, onEdge)).arrivals.account.scheduled
    })
}

function bareOf(bare: BareSockets, server: Server): Side {
  return (seed, sec) =>
    costOf(server, [bare.pid], (onEdge) =>
      bare.send({ url: server.url, perSec: PER_SEC, connections: CONNECTIONS, seed, sec }, onEdge),
    )
}

/** @param send calls `onEdge` at both ends of the window, and returns how many requests were sent */
async function costOf(
  server: Server,
  pids: readonly number[],
  send: (onEdge: () => void) => Promise<number>,
): Promise<Cost> {
  const edges: number[] = []
  await server.log()
  const sent = await send(() => edges.push(cpuOf(pids)))
  const [from = Number.NaN, to = Number.NaN] = edges
  const { arrivedUs } = await server.log()
  return { cpuUs: (to - from) / sent, bunching: dispersion(arrivedUs, BIN_US).index }
}

const cpuOf = (pids: readonly number[]) =>
  pids.reduce((whole, pid) => whole + (processCpuUs(pid) ?? Number.NaN), 0)
