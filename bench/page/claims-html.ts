/** The claims with their verdicts, each unfolding to what was fixed beforehand, what was measured, and its charts. */
import { schemeNames } from '../../servers/scheme.ts'
import type { ClaimFinding } from '../claims/schema.ts'
import { sentences } from '../claims/section.ts'
import { charts } from '../report/charts.ts'
import { figure, list } from '../words/format.ts'
import { escaped } from './escaped.ts'
import { chartPlace, inline, scrolling } from './prose.ts'

type Verdict = ClaimFinding['verdict']

/** The words of a verdict, of a claim and of several; in the order of a tally. Tables and terminals have the same. */
const WORDS: Readonly<Record<Verdict, readonly [one: string, several: string]>> = {
  refuted: ['refuted', 'refuted'],
  depends: ['depends', 'that depend on a named condition'],
  supported: ['supported', 'supported'],
  inconclusive: ['inconclusive', 'inconclusive'],
  undecided: ['not measured', 'not measured here'],
}

/** How the verdicts fell, without those that no claim has. */
function tally(claims: readonly ClaimFinding[]): { verdict: Verdict; n: number }[] {
  return (Object.keys(WORDS) as Verdict[])
    .map((verdict) => ({ verdict, n: claims.filter((claim) => claim.verdict === verdict).length }))
    .filter(({ n }) => n > 0)
}

/** In one line. */
export function tallyText(claims: readonly ClaimFinding[]): string {
  const parts = tally(claims).map(({ verdict, n }) => `${n} ${WORDS[verdict][1]}`)
  return `Of ${claims.length} claims of a widely read article and its comments: ${list(parts)}`
}

/** @param chartNames those that the run has */
export function claimsHtml(claims: readonly ClaimFinding[], chartNames: readonly string[]): string {
  const counts = tally(claims).map(
    ({ verdict, n }) => `<li><span class="verdict ${verdict}">${n}</span> ${WORDS[verdict][0]}</li>`,
  )
  const items = claims
    .toSorted((a, b) => Number(a.verdict === 'undecided') - Number(b.verdict === 'undecided'))
    .map((claim) => claimHtml(claim, chartNames))
  return `<ul class="tally" aria-label="Verdicts">${counts.join('')}</ul>\n<div class="claims">${items.join('\n')}</div>`
}

function claimHtml(claim: ClaimFinding, chartNames: readonly string[]): string {
  const { id, quote, verdict, evidence } = claim
  const schemes = schemeNames.filter((scheme) =>
    evidence.some((trial) => trial.split('/')[1]?.split('@')[0] === scheme),
  )
  return `<details class="claim" id="claim-${escaped(id)}" data-schemes="${schemes.join(' ')}">
<summary><span class="verdict ${verdict}">${WORDS[verdict][0]}</span>
<span class="quote">“${escaped(quote)}”</span>
<span class="finding">${inline(sentences(claim))}</span></summary>
<div class="evidence">${evidenceHtml(claim, chartNames)}</div>
</details>`
}

function evidenceHtml(claim: ClaimFinding, chartNames: readonly string[]): string {
  const { reading, source, metric, supportedIf, refutedIf, decidedBy, evidence } = claim
  const facts: [string, string | null][] = [
    ['said in', escaped(source)],
    ['read as', reading && inline(reading)],
    ['measured by', inline(metric)],
    ['supported if', inline(supportedIf)],
    ['refuted if', inline(refutedIf)],
    ['command', `<code>${escaped(decidedBy)}</code>`],
  ]
  const rows = facts.flatMap(([name, text]) => (text === null ? [] : [`<dt>${name}</dt><dd>${text}</dd>`]))
  return [
    `<p class="fixed">Fixed before anything was measured:</p><dl>${rows.join('')}</dl>`,
    estimatesHtml(claim),
    evidence.length === 0 ? '' : trialsLink(claim),
    chartsOf(evidence, chartNames),
  ].join('\n')
}

function estimatesHtml({ estimates, id }: ClaimFinding): string {
  if (estimates.length === 0) return ''
  const rows = estimates.map(({ label, estimate: { value, lo, hi, n, unit } }) => {
    const scale = Math.max(...[value, lo, hi].map(Math.abs))
    const interval = n > 1 ? `${figure(lo, scale)} to ${figure(hi, scale)}` : 'none'
    return `<tr><td>${inline(label)}</td><td class="number">${figure(value, scale)}</td><td class="number">${interval}</td><td class="number">${n}</td><td>${escaped(unit)}</td></tr>`
  })
  return `${scrolling(`What was measured for ${id}`)}<table>
<thead><tr><th>what was measured</th><th>value</th><th>interval</th><th>n</th><th>unit</th></tr></thead>
<tbody>${rows.join('')}</tbody></table></div>`
}

/** The page filters its table of raw trials by them. */
function trialsLink({ id, evidence }: ClaimFinding): string {
  return `<p><a href="#raw-trials" data-of="${escaped(`claim ${id}`)}">The ${evidence.length} trials behind it</a></p>`
}

/** The first chart of each experiment that the verdict rests on. */
function chartsOf(evidence: readonly string[], chartNames: readonly string[]): string {
  const experiments = new Set(evidence.map((id) => id.slice(0, id.indexOf('/'))))
  return [...experiments]
    .flatMap((experiment) => chartNames.find((name) => charts[name]?.experiment === experiment) ?? [])
    .slice(0, MOST_CHARTS)
    .map(chartPlace)
    .join('\n')
}

const MOST_CHARTS = 2
