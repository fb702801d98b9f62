/** The claim that old versions of SSL and TLS are done with, and what the newer ones cost. */
import type { MeasuredSummary } from '../experiments/reports.ts'
import { connectionLabel, inConnectionOrder, newestCost, type TlsCost } from '../experiments/tls/summary.ts'
import { armsIn, isControl } from '../figures/records.ts'
import { code, counted, inUnit, list } from '../words/format.ts'
import { ARTICLE, type Claim, comment, type Entry, type Facts, SESSION } from './claim.ts'
import { costTrials, seen, trialsOf, undecided } from './facts.ts'
import { everydayTax } from './rates.ts'
import { caveat, measured } from './wording.ts'

type Tls = NonNullable<MeasuredSummary['tls']>

/** None of them may be accepted, by a proxy that was told to speak a newer one. */
const OLD = ['SSLv3', 'TLSv1.0', 'TLSv1.1'] as const
const NEW = ['1.2', '1.3'] as const

export const tls: Claim = {
  id: 'tls',
  quote: 'HTTPS/SSL should be used”; “use TLS 1.3 or TLS 1.2',
  source: `${ARTICLE}; ${comment('Agha Azeem')}`,
  reading: 'the proxy refuses what is older than TLS 1.2',
  metric:
    'CPU a new connection and a kept-alive request, plain, 1.2, 1.3, resumed, at saturation; share of the auth tax there; that tax ' +
    'where a service runs beside',
  supportedIf: '— reported; verdict on "SSL is outdated": SSLv3 and TLS 1.0/1.1 refused by the proxy',
  refutedIf: '—',
  thresholds: {},
  decidedBy: 'npm run bench -- --only tls',
  judge(facts) {
    const { tls } = facts.summary
    if (!tls) return undecided('this run has nothing from the experiment `tls`')
    const missing = NEW.filter((version) => !speaks(tls, version))
    if (missing.length > 0)
      return undecided(
        `no proxy of this run was seen to speak ${list(missing.map((version) => `TLS ${version}`))}`,
      )
    const offers = tls.protocols.flatMap(({ offered }) => offered)
    const accepted = OLD.filter((old) => offers.some((one) => one.protocol === old && one.accepted))
    const trials = tls.protocols.reduce((sum, one) => sum + one.trials, 0)
    const behind = armsIn(facts.arms, 'tls')
    const blocks = new Set(behind.flatMap(({ measured }) => [...measured.keys()]))
    return {
      verdict: accepted.length === 0 ? 'supported' : 'refuted',
      boundary: null,
      sentence: `${verdictText(accepted)} by a proxy that was told to speak TLS 1.2 or 1.3 alone, each offered in ${counted(trials, 'trial')}${costText(facts)}`,
      estimates: [
        seen('versions before TLS 1.2 that the proxy accepts', accepted.length, 'versions', blocks.size),
        ...costEntries(facts),
      ],
      evidence: [...trialsOf(facts, behind), ...(hasTax(facts) ? costTrials(facts, [SESSION]) : [])],
    }
  },
}

const hasTax = ({ summary }: Facts) => everydayTax(summary.costCurves, SESSION) !== null

function speaks({ protocols }: Tls, version: (typeof NEW)[number]): boolean {
  const own = protocols.find((one) => one.tls === version)
  return own?.offered.some(({ protocol, accepted }) => protocol === `TLSv${version}` && accepted) ?? false
}

function verdictText(accepted: readonly string[]): string {
  const names = (versions: readonly string[]) => list(versions.map((version) => version.replace('v1', ' 1')))
  if (accepted.length === 0) return `${names(OLD)} are refused`
  return `${names(accepted)} ${accepted.length === 1 ? 'is' : 'are'} accepted`
}

/** Of the control, since no scheme has a part in TLS: what the proxy takes in all, and what of a session's tax is added. */
function costEntries({ summary: { arms, tls, costCurves } }: Facts): Entry[] {
  const own = armsIn(arms, 'tls').filter(({ arm }) => isControl(arm) && !arm.twin)
  const overLoad = everydayTax(costCurves, SESSION)
  const costs = own
    .toSorted((a, b) => inConnectionOrder(a.arm, b.arm))
    .flatMap(({ arm, metrics }) => {
      const whole = metrics['cpuUsPerRequest.proxy']
      const share = tls?.costs.find((cost) => cost.arm === arm.id)?.ofSessionTax
      const label = connectionLabel(arm)
      return [
        ...(whole ? [{ label: `proxy CPU a request, ${label}`, estimate: whole }] : []),
        ...(share
          ? [{ label: `what ${label} adds, as a share of the auth tax of ${SESSION}`, estimate: share }]
          : []),
      ]
    })
  return [...costs, ...(overLoad ? [overLoad.entry] : [])]
}

/** What the newest version costs, beside what a session does. */
function costText(facts: Facts): string {
  const { arms, tls, costCurves } = facts.summary
  const of = (reuse: 'kept' | 'new' | 'resumed') => newestCost(arms, tls, reuse)
  const [kept, fresh, resumed] = [of('kept'), of('new'), of('resumed')]
  if (!kept || !fresh) return ''
  const figureOf = ({ addedUs: { detected, estimate } }: TlsCost) =>
    detected ? measured(estimate, facts, 'tls', inUnit('µs')) : 'nothing detected'
  const added = list([
    `${figureOf(kept)} to a kept-alive request`,
    `${figureOf(fresh)} to a new connection`,
    ...(resumed ? [`${figureOf(resumed)} to a resumed one`] : []),
  ])
  const tax = tls?.sessionTaxUs?.detected ? tls.sessionTaxUs.estimate : null
  const session = tax
    ? `, where ${code(SESSION)} adds ${measured(tax, facts, 'tls', inUnit('µs'))} to a request over all tiers`
    : ''
  const flags = caveat([kept, fresh].map(({ addedUs }) => addedUs.estimate))
  const overLoad = everydayTax(costCurves, SESSION)
  const lower = overLoad ? `, and ${code(SESSION)} adds ${overLoad.text}` : ''
  return (
    `; at saturation, in CPU of the proxy, TLS ${kept.version} adds ${added}${session}${flags}; ` +
    `at lower rates TLS was not measured${lower}`
  )
}
