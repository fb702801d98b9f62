/** Proof: a server that stands still is seen as late as it was, with every arrival that it kept waiting. */
import { setTimeout as sleep } from 'node:timers/promises'
import { machineUs } from '../../load/clock.ts'
import { decodeHistogram } from '../../stats/histogram.ts'
import { drainUtilization, stopMeanMs, stopQuantileMs } from '../laws.ts'
import { digits, type Finding, logIn, type Proof, sendOpenLoop, within } from '../proof.ts'
import type { Server } from '../server.ts'

/** A few per cent of a CPU; the utilization itself is measured. */
const PER_SEC = 400
/** Few, so that most of what arrives while the server stands still is not even sent: a closed loop's blind spot. */
const CONNECTIONS = 16
const TOLERANCE = 0.05

/**
 * SIGSTOP in the middle of a run. Two things are measured beside it, since the law leaves them open: how fast the
 * backlog is worked off (by the server's log), and what a reply takes without a stop (a run before), which is added
 * to the mean. The quantiles are hundreds of ms, so there it does not matter.
 */
export function stoppedServer({ stopSec = 1, runSec = 10, baselineSec = 2 } = {}): Proof {
  return {
    id: 'stopped-server',
    shows: 'a server that stops for a second is seen as late as it was',
    timed: true,
    async run(instrument, bed) {
      const server = await bed.serve()
      await logIn(instrument, server.url)
      const load = { url: server.url, perSec: PER_SEC, connections: CONNECTIONS }
      const baseline = await sendOpenLoop(instrument, { ...load, sec: baselineSec })
      await server.log()
      let stopped = Promise.resolve(0)
      const report = await sendOpenLoop(instrument, { ...load, sec: runSec }, (edge) => {
        if (edge === 'open') stopped = stopFor(server, stopSec, (runSec - stopSec) / 2)
      })
      const stop = {
        stopSec: await stopped,
        runSec,
        utilization: drainUtilization((await server.log()).arrivedUs, PER_SEC),
      }
      if (stop.utilization === 1) return neverCaughtUp(report.latencyUs.mean / 1_000)
      const histogram = decodeHistogram(report.arrivals.histogram)
      const expected = {
        mean: stopMeanMs(stop) + baseline.latencyUs.mean / 1_000,
        p95: stopQuantileMs(stop, 0.95),
        p99: stopQuantileMs(stop, 0.99),
      }
      const measured = {
        mean: report.latencyUs.mean / 1_000,
        p95: histogram.getValueAtPercentile(95) / 1_000,
        p99: report.latencyUs.p99 / 1_000,
      }
      const names = ['mean', 'p95', 'p99'] as const
      const line = (values: typeof measured) =>
        `${names.map((name) => `${name} ${digits(values[name])}`).join(', ')} ms`
      return {
        expected: `${line(expected)} ± 5 %`,
        measured: line(measured),
        passed: names.every((name) => within(measured[name], expected[name], TOLERANCE)),
        figures: {
          ...stop,
          baselineMeanMs: baseline.latencyUs.mean / 1_000,
          ...Object.fromEntries(names.map((name) => [`${name}Ms`, measured[name]])),
          ...Object.fromEntries(names.map((name) => [`${name}ExpectedMs`, expected[name]])),
        },
      }
    },
  }
}

function neverCaughtUp(meanMs: number): Finding {
  return {
    expected: 'the requests that the stop kept waiting follow it',
    measured: 'by the server’s log they never came',
    passed: false,
    figures: { meanMs },
  }
}

/** @returns seconds between the two signals by the clock, since a timer is late */
async function stopFor(server: Server, stopSec: number, afterSec: number): Promise<number> {
  await sleep(afterSec * 1_000)
  const from = machineUs()
  server.signal('SIGSTOP')
  try {
    await sleep(stopSec * 1_000)
  } finally {
    server.signal('SIGCONT')
  }
  return (machineUs() - from) / 1e6
}
