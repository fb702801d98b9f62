/** The tables of logins and journeys. */

import type { Estimate } from '../record/schema/basics.ts'
import type { Arm } from '../record/schema/trial.ts'
import type { Summary } from '../report/schema.ts'
import {
  ABSENT,
  armLabel,
  compared,
  figure,
  percent,
  responseText,
  responseTime,
  type Style,
  styles,
  withInterval,
} from './format.ts'
import type { Table } from './tables.ts'
import { cpuText, throughputText } from './warnings.ts'

type JourneySummary = Summary['journeys'][number]

const isHashed = ({ settings }: Arm) => settings.passwordHash === 'scrypt'

/** A share as per cent, never rounded up: nearly all of it is not all of it. */
export const hashShare = (ratio: number) => (Math.floor(1_000 * ratio) / 10).toFixed(1)

const ofLogin: Style = { value: (ratio) => `${hashShare(ratio)} %`, end: hashShare }

/** Every arm of the experiment, first those without hashing. */
export function loginTable(summary: Summary): Table {
  const arms = summary.arms
    .filter(({ arm }) => arm.experiment === 'login')
    .sort((a, b) => Number(isHashed(a.arm)) - Number(isHashed(b.arm)))
  return {
    head: [
      'scheme',
      'password',
      'logins/s',
      'CPU ms/login: replica',
      'Redis',
      'proxy',
      'over the control, CPU ms',
      'of it the hash',
      'Redis commands',
    ],
    rows: arms.map(({ arm, metrics, authTaxUs, warnings }) => {
      const hashed = summary.hashedLogins.find(({ scheme }) => isHashed(arm) && scheme === arm.scheme)
      const commands = metrics.redisCommandsPerRequest
      return [
        armLabel(arm),
        isHashed(arm) ? 'scrypt' : 'compared',
        throughputText(metrics.throughputPerSec),
        withInterval(metrics['cpuUsPerRequest.replicas'], styles.milliseconds),
        inMs(metrics['cpuUsPerRequest.redis']),
        inMs(metrics['cpuUsPerRequest.proxy']),
        cpuText(compared(authTaxUs, addedMs), warnings),
        withInterval(hashed?.hashShare, ofLogin),
        commands ? figure(commands.value) : ABSENT,
      ]
    }),
  }
}

const inMs = (us: Estimate | null | undefined) => (us ? figure(us.value / 1e3) : ABSENT)

const addedMs: Style = {
  value: (us, scaleUs) => styles.added.value(us / 1e3, scaleUs / 1e3),
  end: styles.milliseconds.end,
}

const named = (summary: Summary) =>
  summary.journeys.flatMap((journey) => {
    const entry = summary.arms.find(({ arm }) => arm.id === journey.arm)
    return entry ? [{ ...entry, journey }] : []
  })

/** What a journey costs and how many failed. */
export function journeyTable(summary: Summary): Table {
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
export function stepsTable(summary: Summary): Table {
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
