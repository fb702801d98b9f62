/** The claim about PASETO. */
import { CONTROL } from '../figures/records.ts'
import { code, figure, inUnit, list } from '../words/format.ts'
import { type Claim, comment, type Facts } from './claim.ts'
import { notMeasured, taxRatio, undecided } from './facts.ts'
import { type Limits, type Ruling, together } from './verdict.ts'
import { caveat, doubtText, measured } from './wording.ts'

const TAX: Limits = { supported: { op: '<=', value: 1.1 }, refuted: { op: '>', value: 1.5 } }
/** Each with the JWT that does the same: signed with Ed25519, encrypted with a shared key. */
const PAIRS = [
  { paseto: 'paseto-v4-public', jwt: 'jwt-eddsa' },
  { paseto: 'paseto-v4-local', jwt: 'jwe' },
] as const
const NAMES = PAIRS.flatMap(({ paseto, jwt }) => [paseto, jwt])

export const paseto: Claim = {
  id: 'paseto',
  quote: 'take a look at an alternative to JWTs, PASETO',
  source: comment('Nathilia Pierce'),
  reading: null,
  metric: 'auth tax and rejected forgeries, paseto-v4-* against jwt-eddsa, jwe',
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
    const pairs = PAIRS.flatMap((pair) => judgedPair(facts, pair) ?? [])
    if (pairs.length < PAIRS.length) return undecided('no block of this run has all of its arms')
    const accepted = forged.filter(({ accepted }) => accepted > 0)
    const sent = forged.reduce((sum, { tried }) => sum + tried, 0)
    const letIn =
      accepted.length === 0
        ? `of ${figure(sent)} counterfeits none was let in`
        : `counterfeits were let in by ${list(accepted.map(({ scheme }) => code(scheme)))}`
    // A counterfeit that is let in refutes by itself; purposes that differ make it depend on the purpose.
    const isForged = accepted.some(({ scheme }) => scheme.startsWith('paseto-'))
    const verdict = isForged ? 'refuted' : together(pairs.map(({ judged }) => judged))
    return {
      verdict,
      boundary: verdict === 'depends' ? boundaryOf(pairs) : null,
      sentence: `${letIn}; ${list(pairs.map(({ text }) => text))}`,
      estimates: pairs.map(({ entry }) => entry),
      evidence: [
        ...new Set([...pairs.flatMap(({ evidence }) => evidence), ...forged.flatMap(({ trials }) => trials)]),
      ],
    }
  },
}

function judgedPair(facts: Facts, { paseto, jwt }: (typeof PAIRS)[number]) {
  const taxes = taxRatio(facts, paseto, jwt, TAX)
  if (!taxes) return null
  const { ratio, judged, evidence } = taxes
  return {
    ...{ paseto, judged, evidence },
    entry: { label: `auth tax, ${paseto} ÷ ${jwt}`, estimate: ratio },
    text:
      `${code(paseto)} adds ${measured(ratio, facts, 'cost', inUnit('times'))} the CPU that ${code(jwt)} ` +
      `adds${caveat([ratio])}${doubtText(judged, TAX, ratio.n)}`,
  }
}

function boundaryOf(pairs: readonly { paseto: string; judged: Ruling }[]): string {
  const of = (verdict: Ruling['verdict']) =>
    list(pairs.filter((one) => one.judged.verdict === verdict).map((one) => code(one.paseto)))
  return `the purpose: ${of('supported')} costs no more than its JWT, ${of('refuted')} does`
}
