/** The section `Replicas` of a report: what was measured, what the laws make of it, and how well they foretold it. */
import type { Estimate } from '../../record/types.ts'
import { ABSENT, armLabel, counted, figure, list, percent, styles, withInterval } from '../../words/format.ts'
import { type ChartLink, type Part, type Section, section } from '../../words/section.ts'
import { markdownTable, type Table } from '../../words/tables.ts'
import { throughputText } from '../../words/warnings.ts'
import { predictionErrors } from './predictions.ts'
import type { Summary } from './schema.ts'
import { isPoint } from './summary.ts'

type SummaryArm = Summary['arms'][number]
type Scalability = Summary['scalability'][number]

export function scalingSection(summary: Summary, chart: ChartLink): Section | null {
  const points = replicasTable(summary)
  if (points.rows.length === 0) return null
  const laws = lawsTable(summary)
  return section(
    'replicas',
    'Replicas',
    modelNote(summary),
    chart('charts/replicas.svg', 'Throughput against the number of replicas'),
    markdownTable(points),
    scatteredNote(summary.scalability),
    ...(laws.rows.length > 0 ? [LAWS_NOTE, markdownTable(laws)] : []),
    ...predictionsPart(summary),
  )
}

/** Throughput at each number of replicas, its share of N times one replica, and the effect of the model itself. */
function replicasTable(summary: Summary): Table {
  const arms = summary.arms.filter(({ arm }) => isPoint(arm))
  const schemes = [...new Set(arms.map(({ arm }) => arm.scheme))]
  const place = ({ arm }: SummaryArm) => schemes.indexOf(arm.scheme)
  const limited = arms.some(({ arm }) => arm.quotas)
  return {
    head: [
      'scheme',
      'replicas',
      'requests/s',
      '× one replica',
      'efficiency',
      ...(limited ? ['pace of the CPUs', 'CPU of the model'] : []),
    ],
    rows: arms
      .toSorted((a, b) => place(a) - place(b))
      .map((entry) => {
        const { scheme, replicas } = entry.arm
        const scaling = summary.scaling.find((one) => one.scheme === scheme && one.replicas === replicas)
        const one = summary.scalability.find((law) => law.scheme === scheme)?.quotaBias
        return [
          armLabel(entry.arm),
          String(replicas),
          throughputText(entry.metrics.throughputPerSec),
          withInterval(scaling?.speedup),
          efficiencyText(scaling),
          ...(limited
            ? [timesText(scaling?.pace), timesText(replicas === 1 ? one : scaling?.quotaBias)]
            : []),
        ]
      }),
  }
}

function efficiencyText(scaling: Summary['scaling'][number] | undefined): string {
  if (!scaling) return ABSENT
  if (scaling.efficiency) return withInterval(scaling.efficiency, styles.percent)
  if (scaling.withheld === 'replicas-share-cores') return 'n/a (replicas share a core)'
  return 'n/a (not limited by the replicas)'
}

const timesText = (estimate: Estimate | null | undefined): string =>
  estimate ? `× ${withInterval(estimate)}` : ABSENT

function modelNote({ scalability }: Summary): Part {
  const share = scalability.find(({ shareCores }) => shareCores !== null)?.shareCores
  if (!share) return null
  return (
    '**Scale model:** this machine has no core for each replica. So each replica and Redis had ' +
    `${percent(share)} of one, and the proxy half as much again for each replica. Small servers that ask ` +
    'themselves stood for the replicas that were not there, so that the machine was as busy at every N. Read ' +
    'only ratios of throughput here. They are taken at equal pace of the CPUs, which on a shared host changes ' +
    'within seconds. Another small server on each CPU, with the same quota at every N, shows that pace: “pace ' +
    'of the CPUs” is what it got done for its CPU time in the same windows, as a multiple of that beside one ' +
    'replica. Fleets are compared by requests/s ÷ pace. “CPU of the model” is the replicas’ CPU a request, as ' +
    'a multiple of that of one replica without quotas: the cost of the model itself.'
  )
}

function scatteredNote(scalability: readonly Scalability[]): Part {
  const told = scalability.flatMap(({ scheme, scattered }) =>
    scattered.map(
      ({ replicas, refusedShare }) =>
        `${withInterval(refusedShare, styles.percent)} of the requests to ${replicas} replicas with \`${scheme}\``,
    ),
  )
  return told.length === 0
    ? null
    : `Where users are sent to any replica instead of the one they logged in at, ${list(told)} were answered 401, though the users were logged in.`
}

const LAWS_NOTE =
  'The demand law says X(N) = min(N · X(1), 1 ÷ demand on Redis): it rises straight until the one Redis is ' +
  'full, and is level from there. The demand was measured on a Redis that two replicas without a quota kept ' +
  'full. The Universal Scalability Law, X(N) = λN ÷ (1 + α(N − 1) + βN(N − 1)), is fitted to all N: α is ' +
  'contention, β coherency, both 0 where nothing is lost.'

function lawsTable({ scalability }: Summary): Table {
  return {
    head: ['scheme', 'one replica, requests/s', 'one Redis, requests/s', 'Redis full from N', 'λ', 'α', 'β'],
    rows: scalability.flatMap(({ scheme, law, usl }) =>
      law || usl
        ? [
            [
              scheme,
              law ? figure(law.onePerSec) : ABSENT,
              withInterval(law?.redisPerSec),
              withInterval(law?.redisFromReplicas),
              withInterval(usl?.perSecAtOne),
              withInterval(usl?.contention, SMALL),
              withInterval(usl?.coherency, SMALL),
            ],
          ]
        : [],
    ),
  }
}

/** α and β are shares far below one. */
const small = (value: number) => value.toFixed(3)
const SMALL = { value: small, end: small }

/** How well the laws foretold what was held out; null where nothing was. */
export function predictionsText(predictions: Summary['predictions']): string | null {
  const errors = predictionErrors(predictions)
  if (!errors) return null
  return (
    `**Predicted before measured.** The demand law predicted ${counted(predictions.length, 'fleet')} from ` +
    'smaller ones. The predictions were written into run.json before the first of these fleets was started. ' +
    `They were off by ${percent(errors.median)} in the median and by ${percent(errors.worst)} at most.`
  )
}

function predictionsPart({ predictions }: Summary): Part[] {
  const foretold = predictionsText(predictions)
  if (foretold === null) return []
  return [
    foretold,
    markdownTable({
      head: ['scheme', 'replicas', 'predicted, × one', 'measured, × one', 'off by'],
      rows: predictions.map(({ scheme, replicas, predicted, measured, error }) => [
        scheme,
        String(replicas),
        `${figure(predicted.value)} (${figure(predicted.lo)} to ${figure(predicted.hi)})`,
        withInterval(measured),
        `${error > 0 ? '+' : error < 0 ? '−' : ''}${percent(Math.abs(error))}`,
      ]),
    }),
  ]
}
