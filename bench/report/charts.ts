/** Every chart that a run can have, with the figures that it shows. */

import { costChart } from '../experiments/cost/cpu-chart.ts'
import { throughputChart } from '../experiments/cost/throughput-chart.ts'
import { wireChart } from '../experiments/cost/wire-chart.ts'
import { faultsChart } from '../experiments/faults/chart.ts'
import { journeyChart } from '../experiments/journey/chart.ts'
import { knobsChart } from '../experiments/knobs/chart.ts'
import { capacityChart } from '../experiments/latency/capacity-chart.ts'
import { latencyChart } from '../experiments/latency/latency-chart.ts'
import { payloadChart } from '../experiments/payload/chart.ts'
import { replicasChart } from '../experiments/replicas/chart.ts'
import { revocationChart } from '../experiments/revocation/chart.ts'
import { refreshChart } from '../experiments/revocation/refresh-chart.ts'
import { distanceChart } from '../experiments/rtt/chart.ts'
import { tlsChart } from '../experiments/tls/chart.ts'
import { memoryChart } from '../experiments/users/chart.ts'
import { farScaleChart } from '../plan/far/chart.ts'
import type { Run } from '../record/schema/run.ts'
import type { Drawing } from '../words/charts/svg.ts'
import type { Summary } from './schema.ts'

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
