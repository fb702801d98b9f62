/** The section of a report about whole journeys: what they cost, and how long their steps take. */
import {
  ABSENT,
  addedMs,
  armLabel,
  compared,
  figure,
  inMs,
  percent,
  responseText,
  responseTime,
  styles,
  withInterval,
} from '../../words/format.ts'
import { type ChartLink, type Section, section } from '../../words/section.ts'
import { markdownTable, type Table } from '../../words/tables.ts'
import { cpuText } from '../../words/warnings.ts'
import type { Summary } from './schema.ts'

type JourneySummary = Summary['journeys'][number]

export function journeySection(summary: Summary, chart: ChartLink): Section | null {
  const [first] = summary.arms.flatMap(({ arm }) => (arm.load.loop === 'journey' ? [arm.load] : []))
  if (!first || summary.journeys.length === 0) return null
  const { reads, journeysPerSec, thinkMs } = first
  return section(
    'journeys',
    'Journeys',
    `A user logs in, reads ${reads} times, changes something once in between, and logs out, thinking for ${thinkMs} ms ` +
      `on average before each step. ${journeysPerSec} such journeys begin each second, whatever became of the earlier ones.`,
    markdownTable(journeyTable(summary)),
    chart('charts/journey.svg', 'CPU of a whole journey under each scheme, by tier'),
    markdownTable(stepsTable(summary)),
    STEPS_NOTE,
  )
}

const STEPS_NOTE =
  'p50 and p99 in ms, from when a step was due to its last byte. A step is due when the reply before it has ' +
  'come and the user has thought. Read them with the busy share beside them: near 100 % any scheme is slow.'

const named = (summary: Summary) =>
  summary.journeys.flatMap((journey) => {
    const entry = summary.arms.find(({ arm }) => arm.id === journey.arm)
    return entry ? [{ ...entry, journey }] : []
  })

/** What a journey costs and how many failed. */
function journeyTable(summary: Summary): Table {
  return {
    head: [
      'scheme',
      'CPU ms/journey',
      'replica',
      'Redis',
      'proxy',
      'over the control, CPU ms',
      'Redis commands',
      'failed',
    ],
    rows: named(summary).map(({ arm, warnings, journey: { cpuUs, taxUs, redisCommands, ...counts } }) => [
      armLabel(arm),
      cpuText(withInterval(cpuUs.total, styles.milliseconds), warnings),
      withInterval(cpuUs.replicas, styles.milliseconds),
      inMs(cpuUs.redis),
      inMs(cpuUs.proxy),
      cpuText(compared(taxUs, addedMs), warnings),
      redisCommands ? figure(redisCommands.value) : ABSENT,
      `${counts.failed} of ${counts.finished + counts.failed}`,
    ]),
  }
}

/** Response times of each step, beside how busy the replica was. */
function stepsTable(summary: Summary): Table {
  const cell = ({ p50Us, p99Us }: JourneySummary['latency']['read']) =>
    `${responseTime(p50Us.value)} / ${responseText(p99Us)}`
  return {
    head: ['scheme', 'replica busy', 'login, p50 / p99', 'read', 'write', 'logout'],
    rows: named(summary).map(({ arm, journey: { utilization, latency } }) => [
      armLabel(arm),
      utilization.replicas === null ? ABSENT : percent(utilization.replicas / arm.replicas),
      cell(latency.login),
      cell(latency.read),
      cell(latency.write),
      cell(latency.logout),
    ]),
  }
}
