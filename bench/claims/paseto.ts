/** The claim about PASETO. */
import { ALTERNATIVES } from '../experiments/roles.ts'
import { CONTROL } from '../figures/records.ts'
import { code, figure, inUnit, list } from '../words/format.ts'
import { type Claim, comment, type Facts } from './claim.ts'
import { costTrials, notMeasured, saturationAlone, seen, taxRatio, undecided } from './facts.ts'
import {
  AT_EACH_RATE,
  type OnCurves,
  onCurves,
  onCurvesEntries,
  onCurvesText,
  turnBoundary,
} from './rates.ts'
import { type Limits, together } from './verdict.ts'
import { caveat, measured } from './wording.ts'

const TAX: Limits = { supported: { op: '<=', value: 1.1 }, refuted: { op: '>', value: 1.5 } }
const NAMES = ALTERNATIVES.flat()
const TIMES = inUnit('times')

type Pair = (typeof ALTERNATIVES)[number]

export const paseto: Claim = {
  id: 'paseto',
  quote: 'take a look at an alternative to JWTs, PASETO',
  source: comment('Nathilia Pierce'),
  reading: null,
  metric: `auth tax and rejected forgeries, paseto-v4-* against jwt-eddsa, jwe, ${AT_EACH_RATE}`,
  supportedIf: 'forgeries rejected at least equally and tax <= 1.1',
  refutedIf: 'forgery accepted, or tax > 1.5',
  thresholds: { taxRatio: TAX },
  decidedBy: `npm run bench -- --only cost,counterfeits --schemes ${NAMES.join(',')} --trials 5`,
  judge(facts) {
    const missing = notMeasured(facts, 'cost', [CONTROL, ...NAMES])
    if (missing) return missing
    const forged = facts.summary.counterfeits.filter(({ scheme }) => NAMES.some((name) => name === scheme))
    if (forged.length < NAMES.length)
      return undecided('this run has not all of them from the experiment `counterfeits`')
    const accepted = forged.filter(({ accepted }) => accepted > 0)
    const sent = forged.reduce((sum, { tried }) => sum + tried, 0)
    const letIn =
      accepted.length === 0
        ? `of ${figure(sent)} counterfeits none was let in`
        : `counterfeits were let in by ${list(accepted.map(({ scheme }) => code(scheme)))}`
    const pairs = ALTERNATIVES.flatMap((pair) => {
      const curves = onCurves(facts.summary.costCurves, pair, 'tax', TAX)
      return curves ? [{ pair, curves, verdict: curves.cases[0].verdict }] : []
    })
    // A counterfeit that is let in refutes by itself; purposes that differ make it depend on the purpose.
    const isForged = accepted.some(({ scheme }) => scheme.startsWith('paseto-'))
    if (pairs.length < ALTERNATIVES.length && !isForged) return saturationAlone(atSaturation(facts))
    const verdict = isForged ? 'refuted' : together(pairs)
    const estimates = pairs.flatMap(({ pair: [paseto, jwt], curves }) =>
      onCurvesEntries(curves, `auth tax, ${paseto} ÷ ${jwt}`),
    )
    const told = pairs.map(({ pair, curves }) => `${adds(pair)} ${onCurvesText(curves, TIMES)}`)
    const letInBy = seen('schemes that let a counterfeit in', accepted.length, 'schemes', sent)
    return {
      verdict,
      boundary: verdict === 'depends' ? boundaryOf(pairs) : null,
      sentence: `${[letIn, ...told].join('; ')}${caveat(estimates.map(({ estimate }) => estimate))}`,
      estimates: [...estimates, letInBy],
      evidence: [...new Set([...costTrials(facts, NAMES), ...forged.flatMap(({ trials }) => trials)])],
    }
  },
}

const adds = ([paseto, jwt]: Pair) => `of the CPU that ${code(jwt)} adds to a request ${code(paseto)} adds`

function atSaturation(facts: Facts): string | null {
  const told = ALTERNATIVES.flatMap((pair) => {
    const ratio = taxRatio(facts, pair[0], pair[1])
    return ratio ? [`${adds(pair)} ${measured(ratio, facts, 'cost', TIMES)}`] : []
  })
  return told.length === 0 ? null : list(told)
}

interface Judged {
  pair: Pair
  curves: OnCurves
  verdict: OnCurves['cases'][0]['verdict']
}

/** Where the answer turns for one of them, or the purpose where each has one of its own. */
function boundaryOf(pairs: readonly Judged[]): string {
  const of = (verdict: Judged['verdict']) =>
    list(pairs.filter((one) => one.verdict === verdict).map(({ pair: [name] }) => code(name)))
  const turns = pairs.flatMap(({ pair: [name], curves }) => {
    const turn = turnBoundary(curves)
    return turn ? [`${turn} (${code(name)})`] : []
  })
  if (turns.length > 0) return list(turns)
  return `the purpose: ${of('supported')} costs no more than its JWT, ${of('refuted')} does`
}
