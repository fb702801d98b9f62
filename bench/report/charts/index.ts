/** Every chart that a run can have, with the figures that it shows. */
import type { Run, Summary } from '../../types.ts'
import { capacityChart } from './capacity.ts'
import { costChart } from './cost.ts'
import { distanceChart } from './distance.ts'
import { farScaleChart } from './far-scale.ts'
import { faultsChart } from './faults.ts'
import { journeyChart } from './journey.ts'
import { knobsChart } from './knobs.ts'
import { latencyChart } from './latency.ts'
import { memoryChart } from './memory.ts'
import { payloadChart } from './payload.ts'
import { refreshChart } from './refresh.ts'
import { replicasChart } from './replicas.ts'
import { revocationChart } from './revocation.ts'
import type { Drawing } from './svg.ts'
import { throughputChart } from './throughput.ts'
import { tlsChart } from './tls.ts'
import { wireChart } from './wire.ts'

interface Chart {
  experiment: string
  /** Null where the run has no data for it. */
  draw(run: Run, summary: Summary): Drawing | null
  /** The part of the summary that it draws, for its table and its file of figures. */
  figures(summary: Summary): unknown
}

const arms =
  (experiment: string) =>
  ({ arms }: Summary) =>
    arms.filter(({ arm }) => arm.experiment === experiment)

/** By name; in the order in which an answer would need them. */
export const charts: Readonly<Record<string, Chart>> = {
  cpu: { experiment: 'cost', draw: costChart, figures: arms('cost') },
  throughput: { experiment: 'cost', draw: throughputChart, figures: arms('cost') },
  wire: { experiment: 'cost', draw: wireChart, figures: arms('cost') },
  capacity: { experiment: 'latency', draw: capacityChart, figures: capacities },
  latency: { experiment: 'latency', draw: latencyChart, figures: rungs },
  replicas: {
    experiment: 'replicas',
    draw: replicasChart,
    figures: ({ scaling, scalability, predictions }) => [scaling, scalability, predictions],
  },
  memory: { experiment: 'users', draw: memoryChart, figures: ({ memoryPerUser }) => memoryPerUser },
  journey: { experiment: 'journey', draw: journeyChart, figures: ({ journeys }) => journeys },
  payload: { experiment: 'payload', draw: payloadChart, figures: ({ payload }) => payload },
  distance: { experiment: 'rtt', draw: distanceChart, figures: ({ distance }) => distance },
  knobs: { experiment: 'knobs', draw: knobsChart, figures: arms('knobs') },
  tls: { experiment: 'tls', draw: tlsChart, figures: arms('tls') },
  revocation: { experiment: 'revocation', draw: revocationChart, figures: ({ revocation }) => revocation },
  refresh: { experiment: 'revocation', draw: refreshChart, figures: ({ refresh }) => refresh },
  faults: { experiment: 'faults', draw: faultsChart, figures: ({ faults }) => faults },
  'far-scale': { experiment: 'latency', draw: farScaleChart, figures: ({ farScale }) => farScale?.schemes },
}

function capacities({ latency }: Summary) {
  return latency.map(({ rungs: _, rejected: __, ...entry }) => entry)
}

function rungs({ latency }: Summary) {
  return latency.map(({ scheme, rungs }) => ({ scheme, rungs }))
}

export interface Drawn {
  name: string
  drawing: Drawing
}

/** Those for which the run has data. */
export function drawings(run: Run, summary: Summary): Drawn[] {
  return Object.entries(charts).flatMap(([name, { draw }]) => {
    const drawing = draw(run, summary)
    return drawing === null ? [] : [{ name, drawing }]
  })
}

export function chartFile({ name }: Pick<Drawn, 'name'>): string {
  return `charts/${name}.svg`
}
