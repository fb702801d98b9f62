/** The claim that tokens should expire soon: what that costs, against how long a revoked one is accepted. */
import { LIFETIMES_MIN } from '../experiments/revocation/refresh.ts'
import { code, figure, list, withInterval } from '../words/format.ts'
import { ARTICLE, type Claim } from './claim.ts'
import { costTrials, trialsOf, undecided } from './facts.ts'
import { everydayTax } from './rates.ts'
import { caveat } from './wording.ts'

const RENEWED = 'jwt-refresh'

export const shortExpiry: Claim = {
  id: 'short-expiry',
  quote: 'JWT also should be with short expiration times',
  source: ARTICLE,
  reading: null,
  metric:
    'extra CPU and requests a user-hour against the revocation bound, lifetimes 1, 5, 15, 60 min, at one rate; auth tax of every ' +
    'other request where a service runs beside',
  supportedIf: '— reported as a curve, verdict `depends`',
  refutedIf: '—',
  thresholds: { lifetimesMin: LIFETIMES_MIN },
  decidedBy: 'npm run bench -- --only revocation --schemes jwt-refresh',
  judge(facts) {
    const entry = facts.summary.refresh.find(({ scheme }) => scheme === RENEWED)
    const [shortest, longest] = [entry?.curve[0], entry?.curve.at(-1)]
    const total = entry?.cpuUs.total
    if (!entry || !total || !shortest || !longest)
      return undecided(`this run has no refreshes of ${code(RENEWED)} from the experiment \`revocation\``)
    const points = entry.curve.map(
      ({ lifetimeMin, requestsPerHour, cpuMsPerHour }) =>
        `${figure(requestsPerHour)} requests and ${withInterval(cpuMsPerHour)} ms of CPU at ${lifetimeMin} min`,
    )
    const overLoad = everydayTax(facts.summary.costCurves, RENEWED)
    const refreshing = facts.arms.filter(({ arm }) => arm.id === entry.arm)
    return {
      verdict: 'depends',
      boundary:
        `how long a revoked token may be accepted: for ${shortest.lifetimeMin} min instead of ` +
        `${longest.lifetimeMin}, a user who is active all the time costs ${figure(shortest.cpuMsPerHour.value)} ` +
        `instead of ${figure(longest.cpuMsPerHour.value)} ms of CPU an hour`,
      sentence:
        `renewing the tokens of ${code(RENEWED)} costs a user-hour ${list(points)}; one refresh takes ` +
        `${withInterval(total)} µs${caveat([total])}, at one rate: over load it was not measured` +
        (overLoad ? `; to every other request ${code(RENEWED)} adds ${overLoad.text}` : ''),
      estimates: [
        { label: `CPU of a refresh, ${RENEWED}`, estimate: total },
        ...entry.curve.map(({ lifetimeMin, cpuMsPerHour }) => ({
          label: `extra CPU a user-hour at ${lifetimeMin} min, ${RENEWED}`,
          estimate: cpuMsPerHour,
        })),
        ...(overLoad ? [overLoad.entry] : []),
      ],
      evidence: [...trialsOf(facts, refreshing), ...(overLoad ? costTrials(facts, [RENEWED]) : [])],
    }
  },
}
