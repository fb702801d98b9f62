/** A whole report as a map from file name to content; a pure function of the records, written by the caller. */
import type { Run, Summary } from '../types.ts'
import { capacityChart } from './charts/capacity.ts'
import { costChart } from './charts/cost.ts'
import { distanceChart } from './charts/distance.ts'
import { farScaleChart } from './charts/far-scale.ts'
import { faultsChart } from './charts/faults.ts'
import { journeyChart } from './charts/journey.ts'
import { knobsChart } from './charts/knobs.ts'
import { latencyChart } from './charts/latency.ts'
import { memoryChart } from './charts/memory.ts'
import { payloadChart } from './charts/payload.ts'
import { refreshChart } from './charts/refresh.ts'
import { replicasChart } from './charts/replicas.ts'
import { revocationChart } from './charts/revocation.ts'
import { throughputChart } from './charts/throughput.ts'
import { tlsChart } from './charts/tls.ts'
import { markdownReport } from './markdown.ts'
import { terminalTable } from './terminal.ts'

const charts = {
  'charts/throughput.svg': throughputChart,
  'charts/cpu.svg': costChart,
  'charts/capacity.svg': capacityChart,
  'charts/latency.svg': latencyChart,
  'charts/replicas.svg': replicasChart,
  'charts/memory.svg': memoryChart,
  'charts/journey.svg': journeyChart,
  'charts/payload.svg': payloadChart,
  'charts/distance.svg': distanceChart,
  'charts/knobs.svg': knobsChart,
  'charts/tls.svg': tlsChart,
  'charts/revocation.svg': revocationChart,
  'charts/refresh.svg': refreshChart,
  'charts/faults.svg': faultsChart,
  'charts/far-scale.svg': farScaleChart,
} as const

/** `summary.json`, `report.md` and those charts for which the run has data. */
export function renderReport(run: Run, summary: Summary): Record<string, string> {
  const drawn = Object.entries(charts).flatMap(([name, draw]) => {
    const svg = draw(run, summary)
    return svg === null ? [] : [[name, svg] as const]
  })
  return {
    'summary.json': `${JSON.stringify(summary, null, 2)}\n`,
    'report.md': markdownReport(
      run,
      summary,
      drawn.map(([name]) => name),
    ),
    ...Object.fromEntries(drawn),
  }
}

/** The table for the end of a run, in 80 columns. */
export function renderTerminal(run: Run, summary: Summary, options: { color?: boolean } = {}): string {
  return terminalTable(summary, run, options)
}
