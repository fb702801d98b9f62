/** Claims about what a server has to keep, and to ask, for a token. */
import { estimateOf, metrics } from '../figures/metrics.ts'
import type { ArmRecords } from '../figures/records.ts'
import type { Estimate, Measurement } from '../record/types.ts'
import { code, counted, list, type Style } from '../words/format.ts'
import { ARTICLE, type Claim, comment, DENYLIST, TOKEN } from './claim.ts'
import {
  armOf,
  growthEntries,
  growthOf,
  growthTrials,
  measuredSchemes,
  notMeasured,
  trialsOf,
  undecided,
} from './facts.ts'
import type { Bound } from './verdict.ts'
import { BYTES, measured } from './wording.ts'

/** Two digits: what is beyond them are requests that were under way at a window’s ends. */
const COMMANDS: Style = {
  value: (count) => counted(Number(count.toPrecision(2)), 'command'),
  end: (count) => String(Number(count.toPrecision(2))),
}

const NONE: Bound = { op: '<=', value: 0 }

/**
 * Calls of all Redis commands for each request; 0 where no Redis was started, since then there was none to ask. Null
 * where one was there and could not be read.
 */
function commandsPerRequest(measurement: Measurement): number | null {
  const calls = metrics.redisCommandsPerRequest.of(measurement)
  return calls ?? (measurement.cpuUsPerRequest.redis === 0 ? 0 : null)
}

/** A count, so that one block is enough to see that it is not zero. */
const commands = (records: ArmRecords) => estimateOf(records, commandsPerRequest, 'commands/request')

export const noServerState: Claim = {
  id: 'no-server-state',
  quote: 'there is no need user information to be stored',
  source: ARTICLE,
  reading: 'with tokens',
  metric: 'Redis commands and bytes per authenticated request and per user, tokens',
  supportedIf: 'both 0',
  refutedIf: 'otherwise; `depends` for denylist and refresh',
  thresholds: { commands: NONE, bytes: NONE },
  decidedBy: 'npm run bench -- --only cost,users --schemes jwt-hs256,jwt-denylist',
  judge(facts) {
    const missing = notMeasured(facts, 'cost', [TOKEN, DENYLIST]) ?? notMeasured(facts, 'users', [TOKEN])
    if (missing) return missing
    const [token, denylist] = [armOf(facts, 'cost', TOKEN), armOf(facts, 'cost', DENYLIST)]
    const [plain, listed, growth] = [commands(token), commands(denylist), growthOf(facts, TOKEN)]
    if (!plain || !listed || !growth) return undecided('Redis could not be read in this run')
    const bytes = [growth.replicaBytes, growth.redisBytes].filter((one) => one !== null)
    const stored = bytes.filter(({ detected }) => detected)
    const found = {
      estimates: [
        { label: `Redis commands a request, ${TOKEN}`, estimate: plain },
        { label: `Redis commands a request, ${DENYLIST}`, estimate: listed },
        ...growthEntries(TOKEN, bytes),
      ],
      evidence: [...trialsOf(facts, [token, denylist]), ...growthTrials(facts, [TOKEN])],
    }
    const isZero = ({ hi }: Estimate) => hi <= NONE.value
    if (!isZero(plain) || stored.length > 0) {
      const kept = stored.map(({ estimate: of }) => `${measured(of, facts, 'users', BYTES)} a user`)
      const asked = isZero(plain) ? [] : [`${measured(plain, facts, 'cost', COMMANDS)} a request`]
      const sentence = `${code(TOKEN)} takes ${list([...asked, ...kept])}`
      return { ...found, verdict: 'refuted', boundary: null, sentence }
    }
    const none =
      `${code(TOKEN)} asks Redis for nothing on a request (${counted(plain.n, 'block')}), and no memory was seen to ` +
      `grow with its users: ${list(bytes.map((one) => measured(one.estimate, facts, 'users', BYTES)))}`
    if (bytes.some(({ estimate: { n } }) => n < 2)) {
      const sentence = `${none}; one block decides nothing`
      return { ...found, verdict: 'inconclusive', boundary: null, sentence }
    }
    if (isZero(listed)) return { ...found, verdict: 'supported', boundary: null, sentence: none }
    return {
      ...found,
      verdict: 'depends',
      boundary: `whether a logout has to end a token at once: ${code(DENYLIST)} then keeps the id of every ended login in Redis until its tokens have expired, and looks it up on every request`,
      sentence: `${none}; ${code(DENYLIST)} asks for ${measured(listed, facts, 'cost', COMMANDS)} a request`,
    }
  },
}

export const needsDatabase: Claim = {
  id: 'needs-database',
  quote: "to validate the token, doesn't the server need to save it in a database?",
  source: comment('Supun Kavinda'),
  reading: 'it does not',
  metric: 'store commands per validation',
  supportedIf: '0 for jwt-*',
  refutedIf: '> 0',
  thresholds: { commands: NONE },
  decidedBy: 'npm run bench -- --only cost',
  judge(facts) {
    const names = [...new Set([TOKEN, DENYLIST, ...measuredSchemes(facts, 'cost')])].filter(isJwt)
    const missing = notMeasured(facts, 'cost', [TOKEN, DENYLIST])
    if (missing) return missing
    const arms = names.map((name) => armOf(facts, 'cost', name))
    const asked = arms.flatMap((records) => {
      const found = commands(records)
      return found ? [{ name: records.arm.scheme, estimate: found }] : []
    })
    if (asked.length < arms.length) return undecided('Redis could not be read in this run')
    const asking = asked.filter(({ estimate: { hi } }) => hi > NONE.value)
    const none = asked.filter((one) => !asking.includes(one)).map(({ name }) => code(name))
    const found = {
      estimates: asked.map(({ name, estimate }) => ({
        label: `Redis commands a request, ${name}`,
        estimate,
      })),
      evidence: trialsOf(facts, arms),
    }
    const some = asking.map(
      (one) => `${measured(one.estimate, facts, 'cost', COMMANDS)} with ${code(one.name)}`,
    )
    const sentence = [
      ...(none.length > 0 ? [`a token is checked with no store command at all with ${list(none)}`] : []),
      ...(some.length > 0 ? [`a check takes ${list(some)}`] : []),
    ].join('; ')
    if (asking.length === 0) return { ...found, verdict: 'supported', boundary: null, sentence }
    if (asking.some(({ name }) => name !== DENYLIST))
      return { ...found, verdict: 'refuted', boundary: null, sentence }
    const boundary =
      'whether a logout has to end a token at once: if so, the ids of ended logins are looked up, not the token'
    return { ...found, verdict: 'depends', boundary, sentence }
  },
}

const isJwt = (name: string) => name.startsWith('jwt-')
