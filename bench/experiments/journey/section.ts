/** The section of a report about whole journeys: what they cost, and how long their steps take. */
import {
  ABSENT,
  addedMs,
  armLabel,
  compared,
  inMs,
  percent,
  responseText,
  responseTime,
  styles,
  withInterval,
  withoutInterval,
} from '../../words/format.ts'
import { type ChartLink, type Section, section } from '../../words/section.ts'
import { type Columns, shown, tableOf } from '../../words/tables.ts'
import { cpuText } from '../../words/warnings.ts'
import type { Summary } from './schema.ts'

export function journeySection(summary: Summary, chart: ChartLink): Section | null {
  const rows = journeyRows(summary)
  const load = rows[0]?.arm.load
  if (load?.loop !== 'journey') return null
  const { reads, journeysPerSec, thinkMs } = load
  return section(
    'journeys',
    'Journeys',
    `A user logs in, reads ${reads} times, changes something once in between, and logs out, thinking for ${thinkMs} ms ` +
      `on average before each step. ${journeysPerSec} such journeys begin each second, whatever became of the earlier ones.`,
    shown(tableOf(rows, COSTS)),
    chart('charts/journey.svg', 'CPU of a whole journey under each scheme, by tier'),
    shown(tableOf(rows, STEPS), { below: STEPS_NOTE }),
  )
}

const STEPS_NOTE =
  'p50 and p99 in ms, from when a step was due to its last byte. A step is due when the reply before it has ' +
  'come and the user has thought. Read them with the busy share beside them: near 100 % any scheme is slow.'

/** What was found of each arm, with the arm itself. */
export function journeyRows({ journeys, arms }: Summary) {
  return journeys.flatMap((journey) => {
    const entry = arms.find(({ arm }) => arm.id === journey.arm)
    return entry ? [{ ...journey, ...entry }] : []
  })
}

type Row = ReturnType<typeof journeyRows>[number]

/** What a journey costs and how many failed. */
const COSTS: Columns<Row> = {
  scheme: ({ arm }) => armLabel(arm),
  'CPU ms/journey': ({ cpuUs, warnings }) =>
    cpuText(withInterval(cpuUs.total, styles.milliseconds), warnings),
  replica: ({ cpuUs }) => withInterval(cpuUs.replicas, styles.milliseconds),
  Redis: ({ cpuUs }) => inMs(cpuUs.redis),
  proxy: ({ cpuUs }) => inMs(cpuUs.proxy),
  'over the control, CPU ms': ({ taxUs, warnings }) => cpuText(compared(taxUs, addedMs), warnings),
  'Redis commands': ({ redisCommands }) => withoutInterval(redisCommands),
  failed: ({ finished, failed }) => `${failed} of ${finished + failed}`,
}

/** Response times of each step, beside how busy the replica was. */
const STEPS: Columns<Row> = {
  scheme: ({ arm }) => armLabel(arm),
  'replica busy': ({ arm, utilization: { replicas } }) =>
    replicas === null ? ABSENT : percent(replicas / arm.replicas),
  'login, p50 / p99': ({ latency }) => stepText(latency.login),
  read: ({ latency }) => stepText(latency.read),
  write: ({ latency }) => stepText(latency.write),
  logout: ({ latency }) => stepText(latency.logout),
}

const stepText = ({ p50Us, p99Us }: Row['latency']['read']) =>
  `${responseTime(p50Us.value)} / ${responseText(p99Us)}`
