/** Proof: a tenth more CPU a request is found, and on the right side; between equal work nothing is. */
import { processCpuUs } from '../../probe/proc.ts'
import { medianInterval } from '../../stats/median-interval.ts'
import { detected, evidenceOfRatios, ownError } from '../../stats/paired.ts'
import { median } from '../../stats/quantiles.ts'
import { withRange } from '../../words/format.ts'
import { digits, type Finding, type Instrument, logIn, type Proof } from '../proof.ts'
import type { Server } from '../server.ts'
import type { TestBed } from '../test-bed.ts'

const BURN_SHARE = 0.1
const CONNECTIONS = 16
const WARMUP_SEC = 1.5
const CALIBRATION_SEC = 0.4
const WINDOW_SEC = 0.25
/** Each kind of window has the same mean position, so a drift of the machine cancels out. */
const ROUND = ['plain', 'twin', 'burning', 'burning', 'twin', 'plain'] as const

/** CPU µs a request of one server process at three kinds of work. */
export interface Block {
  plain: number
  /** The same again. */
  twin: number
  /** With a tenth of its CPU on top. */
  burning: number
}

/**
 * The comparison of a run, by its own statistics: ratios within blocks, judged against what equal work
 * shows. Equal work counts as found when its own interval excludes 1, and by less than chance in a hundred: at 5 %
 * one proof in twenty would fail by chance.
 */
export function findingOf(blocks: readonly Block[]): Finding {
  const of = (arm: 'burning' | 'twin') => {
    const ratios = blocks.map((block) => block[arm] / block.plain)
    return { ...medianInterval(ratios), n: ratios.length, ...evidenceOfRatios(ratios) }
  }
  if (!blocks.every((block) => Object.values(block).every((us) => us > 0)))
    return { expected, measured: 'the probe saw no CPU time', passed: false, figures: {} }
  const [burning, twin] = [of('burning'), of('twin')]
  const found = detected(burning, 1, ownError(twin, 1)) && burning.value > 1
  const falsely = (twin.lo > 1 || twin.hi < 1) && (twin.p ?? 1) < 0.01
  return {
    expected,
    measured: `burning ÷ plain ${withRange(burning, digits)}; plain ÷ plain ${withRange(twin, digits)}`,
    passed: found && !falsely,
    figures: {
      burningRatio: burning.value,
      burningLo: burning.lo,
      burningHi: burning.hi,
      twinRatio: twin.value,
      twinLo: twin.lo,
      twinHi: twin.hi,
      blocks: blocks.length,
    },
  }
}

const expected = 'burning ÷ plain 1.10, found; plain ÷ plain 1, not found'

/** The probe: CPU time of a process since its start in µs, null where it cannot be read. */
type Reader = typeof processCpuUs

export function busyWork({ blocks = 12, cpuUs = processCpuUs } = {}): Proof {
  return {
    id: 'busy-work',
    shows: 'a tenth more CPU a request is found, and on the right side',
    timed: true,
    async run(instrument, bed) {
      const unread = 'no /proc here: CPU of a process is not known'
      if (processCpuUs(process.pid) === null) return { expected, measured: unread, passed: null, figures: {} }
      const measured: Block[] = []
      while (measured.length < blocks) measured.push(await measureBlock(instrument, bed, cpuUs))
      return findingOf(measured)
    },
  }
}

/**
 * One process that takes turns, new for each block. Two processes of the same program differ by several per cent by
 * themselves; to see through that takes the blocks of a whole run, and how well it does is what the A/A arm shows.
 */
async function measureBlock(instrument: Instrument, bed: TestBed, cpuUs: Reader): Promise<Block> {
  const server = await bed.serve()
  await logIn(instrument, server.url)
  const cost = (sec: number) => cpuPerRequest(instrument, server, sec, cpuUs)
  await cost(WARMUP_SEC)
  const burnUs = BURN_SHARE * (await cost(CALIBRATION_SEC))
  const seen: Record<keyof Block, number[]> = { plain: [], twin: [], burning: [] }
  for (const kind of [...ROUND, ...ROUND]) {
    server.behave(kind === 'burning' ? { burnUs } : {})
    seen[kind].push(await cost(WINDOW_SEC))
  }
  await server.stop()
  return { plain: median(seen.plain), twin: median(seen.twin), burning: median(seen.burning) }
}

/** Closed loop, as where a run takes this figure from. @returns µs; 0 when the probe saw nothing */
async function cpuPerRequest(
  instrument: Instrument,
  { url, pid }: Server,
  measureSec: number,
  cpuUs: Reader,
): Promise<number> {
  const edges: (number | null)[] = []
  const load = { loop: 'closed' as const, connections: CONNECTIONS }
  const job = { url, load, warmupSec: 0.05, measureSec, verifyEvery: 16 }
  const { requests } = await instrument.load(job, () => edges.push(cpuUs(pid)))
  const [from, to] = edges
  return from == null || to == null || requests === 0 ? 0 : (to - from) / requests
}
