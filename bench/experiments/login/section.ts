/** The section of a report about logins: what they cost, and what hashing takes of that. */
import { armsIn } from '../../figures/records.ts'
import type { Arm } from '../../record/types.ts'
import {
  addedMs,
  armLabel,
  compared,
  figure,
  inMs,
  type Style,
  styles,
  withInterval,
  withoutInterval,
} from '../../words/format.ts'
import { type Section, section } from '../../words/section.ts'
import { shown, type Table, tableOf } from '../../words/tables.ts'
import { cpuColumns } from '../../words/tiers.ts'
import { cpuText, throughputText } from '../../words/warnings.ts'
import type { Summary } from './schema.ts'

/** Below this share of a hashed login nobody would notice the rest. */
const NEXT_TO_NOTHING = 0.01

export function loginSection(summary: Summary): Section | null {
  const table = shown(loginTable(summary), { below: NOTE })
  return table === null ? null : section('logins', 'Logins', whatIsLeft(summary), table)
}

const NOTE =
  'Each connection logs its next user in as soon as the reply has come. Hashed passwords are derived by ' +
  'scrypt (N = 2^15, r = 8, p = 3), in the thread pool and on the same core as everything else of the ' +
  'replica; the others are only compared. A sample of the credentials was tried afterwards, and named the ' +
  'right user.'

/** What the choice of a scheme changes about a login: the dearest issuing against the cheapest hashed login. */
function whatIsLeft({ hashedLogins: hashed, arms }: Summary): string | null {
  const shares = hashed.flatMap(({ hashShare }) => hashShare?.lo ?? [])
  const taxes = armsIn(arms, 'login').flatMap(({ arm, authTaxUs }) =>
    arm.variant === null && authTaxUs ? [{ scheme: arm.scheme, us: authTaxUs.estimate.hi }] : [],
  )
  if (shares.length === 0 || taxes.length === 0) return null
  const dearest = taxes.reduce((a, b) => (b.us > a.us ? b : a))
  const most = dearest.us / Math.min(...hashed.map(({ cpuUs }) => cpuUs.lo))
  const verdict =
    most < NEXT_TO_NOTHING
      ? 'a login costs the same with every scheme'
      : 'the choice of scheme can change that much'
  return (
    `Where passwords are hashed as they should be, the hash is at least ${hashShare(Math.min(...shares))} % of ` +
    `a login’s CPU. Issuing the session or token is at most ${figure(100 * most)} % of it (${dearest.scheme}): ` +
    `${verdict}.`
  )
}

const isHashed = ({ settings }: Arm) => settings.passwordHash === 'scrypt'

/** A share as per cent, never rounded up: nearly all of it is not all of it. */
const hashShare = (ratio: number) => (Math.floor(1_000 * ratio) / 10).toFixed(1)

const ofLogin: Style = { value: (ratio) => `${hashShare(ratio)} %`, end: hashShare }

/** Every arm of the experiment, first those without hashing. */
function loginTable(summary: Summary): Table {
  const arms = armsIn(summary.arms, 'login').sort((a, b) => Number(isHashed(a.arm)) - Number(isHashed(b.arm)))
  const hashOf = (one: Arm) =>
    summary.hashedLogins.find(({ scheme }) => isHashed(one) && scheme === one.scheme)?.hashShare
  return tableOf(arms, [
    ['scheme', ({ arm }) => armLabel(arm)],
    ['password', ({ arm }) => (isHashed(arm) ? 'scrypt' : 'compared')],
    ['logins/s', ({ metrics }) => throughputText(metrics.throughputPerSec)],
    ...cpuColumns('CPU ms/login: ', (cpu) => withInterval(cpu, styles.milliseconds), inMs),
    [
      'over the control, CPU ms',
      ({ authTaxUs, warnings }) => cpuText(compared(authTaxUs, addedMs), warnings),
    ],
    ['share of the hash', ({ arm }) => withInterval(hashOf(arm), ofLogin)],
    ['Redis commands', ({ metrics }) => withoutInterval(metrics.redisCommandsPerRequest)],
  ])
}
