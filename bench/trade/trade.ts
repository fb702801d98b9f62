/** The whole trade on one page: what each scheme costs, keeps, loses and gives away, each cell with the trials behind it. */
import type { MeasuredSummary } from '../experiments/reports.ts'
import { timeText } from '../experiments/revocation/section.ts'
import { logoutsOf } from '../experiments/revocation/summary.ts'
import { ROLES } from '../experiments/roles.ts'
import { CONTROL, entryOf, schemePlace, schemesIn, validTrials } from '../figures/records.ts'
import type { Run, TrialResult } from '../record/types.ts'
import { ABSENT, compared, counted, figure, list, percent, styles } from '../words/format.ts'
import type { Trade } from './schema.ts'

type Cells = Trade[number]['cells']
export type Cell = NonNullable<Cells[Column]>
type Facts = Pick<
  MeasuredSummary,
  'arms' | 'costCurves' | 'memoryPerUser' | 'revocation' | 'faults' | 'browser' | 'anomalies'
>

/** By column, its heading. */
export const COLUMNS = {
  authTax: 'auth tax, CPU µs/request',
  wire: 'bytes on the wire, beyond the control’s',
  memory: 'memory of a user',
  revocation: 'a logout acts within',
  redisLoss: 'Redis is killed',
  replicaLoss: 'a replica is killed',
  renewal: 'the reply to a renewal is lost',
  readable: 'read without a key',
  script: 'a script reads it',
  crossSite: 'other sites change something',
} as const
export type Column = keyof typeof COLUMNS

/** A cell with nothing measured behind it. */
export const EMPTY = { text: ABSENT, trials: [] } satisfies Cell
const UNSEEN = { ...EMPTY, seen: null }
/** Share of good answers while Redis is away: from the one on users notice little, up to the other nearly all of them do. */
const SURVIVES = 0.95
const STANDS = 0.05

/** One row a scheme, without the control; none where nothing but cost was measured, which has tables of its own. */
export function trade(run: Run, facts: Facts, results: readonly TrialResult[]): Trade {
  const { revocation, faults, browser } = facts
  if (revocation.length === 0 && faults.length === 0 && browser === null) return []
  return schemesIn(run.plan)
    .filter((name) => name !== CONTROL)
    .sort((a, b) => schemePlace(a) - schemePlace(b))
    .map((scheme) => {
      const from = (experiment: string, text: string | null): Cell =>
        text === null ? EMPTY : { text, trials: validTrials(results, experiment, scheme) }
      return {
        scheme,
        cells: {
          authTax: from(ROLES.cost, taxOf(scheme, facts)),
          wire: from(ROLES.cost, wireOf(scheme, facts)),
          memory: from(ROLES.users, memoryOf(scheme, facts)),
          revocation: revocationOf(scheme, facts),
          redisLoss: redisLossOf(scheme, facts) ?? {
            ...from(ROLES.cost, nothingToLose(scheme, facts)),
            seen: null,
          },
          replicaLoss: replicaLossOf(scheme, facts),
          ...renewalOf(scheme, facts),
          ...givenAway(scheme, facts),
        },
      }
    })
}

const armOf = ({ arms }: Facts, scheme: string) => entryOf(arms, ROLES.cost, scheme)

/** Where services run, with the rate; at saturation in runs that took no turns. */
function taxOf(scheme: string, facts: Facts): string | null {
  const { everyday, curves } = facts.costCurves
  const curve = curves.find((one) => one.scheme === scheme && !one.twin)
  const there = curve?.points.find(
    ({ perSec, handlerUs }) => perSec === everyday?.perSec && handlerUs === everyday?.handlerUs,
  )
  if (there?.taxUs && everyday?.perSec)
    return `${compared(there.taxUs, styles.added)} at ${figure(everyday.perSec)}/s`
  const tax = armOf(facts, scheme)?.authTaxUs
  return tax ? compared(tax, styles.added) : null
}

/** Requests and replies together: what a credential takes of both directions. */
function wireOf(scheme: string, facts: Facts): string | null {
  const bytes = (name: string) => {
    const metrics = armOf(facts, name)?.metrics
    const [sent, received] = [metrics?.bytesSentPerRequest, metrics?.bytesReceivedPerRequest]
    return sent && received ? sent.value + received.value : null
  }
  const [own, control] = [bytes(scheme), bytes(CONTROL)]
  return own === null || control === null ? null : `+${figure(Math.round(own - control))}`
}

function memoryOf(scheme: string, { memoryPerUser }: Facts): string | null {
  const entry = memoryPerUser.find((one) => one.scheme === scheme)
  if (!entry) return null
  const parts = [
    { where: 'the replica', comparison: entry.replicaBytes },
    { where: 'Redis', comparison: entry.redisBytes },
  ].flatMap(({ where, comparison }) =>
    comparison?.detected ? [`${figure(Math.round(comparison.estimate.value))} B in ${where}`] : [],
  )
  return parts.length > 0 ? list(parts) : 'none seen'
}

/** The worst that was seen; where only the end of a lifetime acts, that lifetime. */
function revocationOf(scheme: string, facts: Facts): Cells['revocation'] {
  const logouts = logoutsOf(facts, scheme)
  if (!logouts) return UNSEEN
  const { entry, boundMs, shippedBoundMs, lastAcceptedMs, refusedFromMs, accepted, n } = logouts
  const isLifetime = boundMs !== shippedBoundMs && shippedBoundMs !== null
  const withinMs = isLifetime ? shippedBoundMs : accepted === 0 ? refusedFromMs.worst : lastAcceptedMs.worst
  return {
    text: isLifetime ? `its lifetime, ${timeText(withinMs)}` : `${timeText(withinMs)} (n ${n})`,
    trials: entry.trials,
    seen: withinMs === null ? null : { withinMs, isLifetime, n },
  }
}

function redisLossOf(scheme: string, facts: Facts): Cells['redisLoss'] | null {
  const entry = faultOf(facts, scheme, 'redis-killed-log')
  if (!entry) return null
  const { duringShare, loggedOutBefore } = entry.measured
  const out = loggedOutBefore > 0 ? `, ${loggedOutBefore} logged out` : ''
  return {
    text: `${outageWord(duringShare)}: ${percent(duringShare)} good meanwhile${out}`,
    trials: entry.trials,
    seen: { goodShare: duringShare, loggedOut: loggedOutBefore },
  }
}

/** How a service takes that Redis is away. @param goodShare of the requests that were due meanwhile */
export const outageWord = (goodShare: number) =>
  goodShare >= SURVIVES ? 'goes on' : goodShare <= STANDS ? 'stands' : 'partly'

/** A scheme that asks Redis nothing has no such trial. */
function nothingToLose(scheme: string, facts: Facts): string | null {
  const asked = armOf(facts, scheme)?.metrics.redisCommandsPerRequest
  return asked && asked.value > 0 ? null : 'asks it nothing'
}

function replicaLossOf(scheme: string, facts: Facts): Cells['replicaLoss'] {
  const entry = faultOf(facts, scheme, 'replica-killed')
  if (!entry) return UNSEEN
  const { before, loggedOutBefore } = entry.measured
  return {
    text: `${loggedOutBefore} of ${before} logged out`,
    trials: entry.trials,
    seen: { loggedOut: loggedOutBefore, of: before },
  }
}

/** What each way to take a second use of a refresh token gives, and its price; nothing where no scheme was asked. */
function renewalOf(scheme: string, { anomalies }: Facts): Pick<Cells, 'renewal'> {
  if (!anomalies.some(({ lostReplies }) => lostReplies)) return {}
  const own = anomalies.filter((entry) => entry.scheme === scheme)
  const trials = own.flatMap((entry) => entry.trials)
  const texts = own.flatMap(({ variant, lostReplies }) => {
    if (!lostReplies) return []
    const { wentOn, copiesLetIn } = lostReplies
    const told = `${wentOn.seen} of ${wentOn.n} go on, ${copiesLetIn.seen} of ${copiesLetIn.n} copies let in`
    return variant === null ? told : `${variant}: ${told}`
  })
  if (own.length === 0) return { renewal: EMPTY }
  return { renewal: { text: texts.join('; ') || 'renews nothing', trials } }
}

const faultOf = ({ faults }: Facts, scheme: string, fault: Facts['faults'][number]['fault']) =>
  faults.find((one) => one.scheme === scheme && one.fault === fault && Object.keys(one.settings).length === 0)

function givenAway(scheme: string, { browser }: Facts): Pick<Cells, 'readable' | 'script' | 'crossSite'> {
  const entry = browser?.schemes.find((one) => one.scheme === scheme)
  if (!entry) return { readable: EMPTY, script: EMPTY, crossSite: EMPTY }
  const cell = (text: string): Cell => ({ text, trials: entry.trials })
  const kept = entry.thefts.find(({ keptIn }) => keptIn !== 'plain-cookie')
  const own = entry.forgeries.filter(
    ({ sameSite, check }) => sameSite === null || (sameSite === 'Lax' && check),
  )
  const changes = own.filter(({ outcome }) => outcome === 'changed').length
  return {
    readable: cell(entry.readable.length > 0 ? 'the profile' : 'nothing'),
    script: cell(kept?.readable ? 'yes' : 'no'),
    crossSite: cell(
      changes === 0 ? `no, of ${counted(own.length, 'request')}` : `${changes} of ${own.length}`,
    ),
  }
}
