/** The section `Replicas` of a report: what was measured, what the laws make of it, and how well they foretold it. */
import type { Estimate } from '../../record/types.ts'
import { groupedBy } from '../../stats/groups.ts'
import {
  ABSENT,
  armLabel,
  code,
  counted,
  figure,
  list,
  percent,
  styles,
  withInterval,
  withRange,
} from '../../words/format.ts'
import { type ChartLink, type Part, type Section, section } from '../../words/section.ts'
import { type Column, shown, type Table, tableOf } from '../../words/tables.ts'
import { throughputText } from '../../words/warnings.ts'
import { predictionErrors } from './predictions.ts'
import type { Summary } from './schema.ts'
import { isPoint } from './summary.ts'

type SummaryArm = Summary['arms'][number]
type Scalability = Summary['scalability'][number]

export function scalingSection(summary: Summary, chart: ChartLink): Section | null {
  const points = shown(replicasTable(summary))
  if (points === null) return null
  return section(
    'replicas',
    'Replicas',
    modelNote(summary),
    chart('charts/replicas.svg', 'Throughput against the number of replicas'),
    points,
    scatteredNote(summary.scalability),
    shown(lawsTable(summary), { above: LAWS_NOTE }),
    predictionsText(summary.predictions),
    shown(predictionsTable(summary)),
  )
}

/** Throughput at each number of replicas, its share of N times one replica, and the effect of the model itself. */
function replicasTable(summary: Summary): Table {
  const arms = summary.arms.filter(({ arm }) => isPoint(arm))
  const byScheme = [...groupedBy(arms, ({ arm }) => arm.scheme).values()].flat()
  const scalingOf = ({ arm: { scheme, replicas } }: SummaryArm) =>
    summary.scaling.find((one) => one.scheme === scheme && one.replicas === replicas)
  const biasOfOne = (scheme: string) => summary.scalability.find((law) => law.scheme === scheme)?.quotaBias
  const columns: Column<SummaryArm>[] = [
    ['scheme', ({ arm }) => armLabel(arm)],
    ['replicas', ({ arm }) => String(arm.replicas)],
    ['× one replica', (entry) => withInterval(scalingOf(entry)?.speedup)],
    ['efficiency', (entry) => efficiencyText(scalingOf(entry))],
  ]
  const ofTheModel: Column<SummaryArm>[] = [
    ['pace of the CPUs', (entry) => timesText(scalingOf(entry)?.pace)],
    [
      'CPU of the model',
      (entry) =>
        timesText(entry.arm.replicas === 1 ? biasOfOne(entry.arm.scheme) : scalingOf(entry)?.quotaBias),
    ],
  ]
  if (arms.some(({ arm }) => arm.quotas)) return tableOf(byScheme, [...columns, ...ofTheModel])
  // Of processes with a part of a core requests a second are nobody's.
  const served: Column<SummaryArm> = ['requests/s', ({ metrics }) => throughputText(metrics.throughputPerSec)]
  return tableOf(byScheme, columns.toSpliced(2, 0, served))
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
        `${withInterval(refusedShare, styles.percent)} of the requests to ${replicas} replicas with ${code(scheme)}`,
    ),
  )
  return told.length === 0
    ? null
    : `Where users are sent to any replica instead of the one they logged in at, ${list(told)} were answered 401, though the users were logged in.`
}

const LAWS_NOTE =
  'The demand law says X(N) = min(N · X(1), 1 ÷ demand on Redis): it rises straight until the one Redis is ' +
  'full, and is level from there. The demand was measured on a Redis behind two replicas with more than their share; ≥ where that ' +
  'was not full. The Universal Scalability Law, X(N) = λN ÷ (1 + α(N − 1) + βN(N − 1)), is fitted to all N: α is ' +
  'contention, β coherency, both 0 where nothing is lost.'

function lawsTable({ scalability }: Summary): Table {
  const known = scalability.filter(({ law, usl }) => law || usl)
  const absolute: Column<Scalability>[] = [
    ['one replica, requests/s', ({ law }) => (law ? figure(law.onePerSec) : ABSENT)],
    ['one Redis, requests/s', ({ law }) => ofRedisText(law, law?.redisPerSec)],
    ['λ', ({ usl }) => withInterval(usl?.perSecAtOne)],
  ]
  return tableOf(known, [
    ['scheme', ({ scheme }) => scheme],
    ['Redis full from N', ({ law }) => ofRedisText(law, law?.redisFromReplicas)],
    ...(known.some(({ shareCores }) => shareCores !== null) ? [] : absolute),
    ['α', ({ usl }) => withInterval(usl?.contention, SMALL)],
    ['β', ({ usl }) => withInterval(usl?.coherency, SMALL)],
  ])
}

/** A Redis that was not full serves at least so much. */
const ofRedisText = (law: Scalability['law'], figure: Estimate | null | undefined): string =>
  `${figure && law?.redisWasFull === false ? '≥ ' : ''}${withInterval(figure)}`

/** α and β are shares far below one. */
const small = (value: number) => value.toFixed(3)
const SMALL = { value: small, end: small }

/** How well the laws foretold what was held out; null where nothing was. */
export function predictionsText(predictions: Summary['predictions']): string | null {
  if (predictions.length === 0) return null
  const errors = predictionErrors(predictions)
  const told =
    `**Predicted before measured.** The demand law predicted ${counted(predictions.length, 'fleet')} from ` +
    'smaller ones. The predictions were written into run.json before the first of these fleets was started. '
  if (!errors)
    return `${told}All of them say that N replicas serve N times as much, which nothing here could have refuted.`
  return (
    `${told}Of ${errors.count} it said something else than N times as much, and only these can be wrong: they were off by ` +
    `${percent(errors.median)} in the median and by ${percent(errors.worst)} at most.`
  )
}

function predictionsTable({ predictions }: Summary): Table {
  return tableOf(predictions, [
    ['scheme', ({ scheme }) => scheme],
    ['replicas', ({ replicas }) => String(replicas)],
    [
      'little is left to',
      ({ tight }) => (tight === null ? ABSENT : tight === 'redis' ? 'Redis' : 'the proxy'),
    ],
    ['predicted, × one', ({ predicted }) => withRange(predicted)],
    ['measured, × one', ({ measured }) => withInterval(measured)],
    ['off by', ({ error }) => `${error > 0 ? '+' : error < 0 ? '−' : ''}${percent(Math.abs(error))}`],
  ])
}
