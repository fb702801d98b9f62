/** The first screen: what to choose at a load, and three wishes that decide more than CPU does. The page makes it anew for its reader. */
import type { Basis } from '../decide/basis.ts'
import { type Card, cardsOf } from '../decide/cards.ts'
import { decisionChart } from '../decide/chart.ts'
import { type Decision, decide } from '../decide/decision.ts'
import { ABOUT } from '../decide/guarantees.ts'
import { type ServiceLoad, USUAL } from '../decide/load.ts'
import { loadText, sentencesOf, THRESHOLD } from '../decide/sentences.ts'
import { type Besides, type TradeoffRow, tradeoffsOf } from '../decide/tradeoffs.ts'
import { coresFigure, coresText } from '../decide/words.ts'
import { toSvg } from '../words/charts/svg.ts'
import { ABSENT, capital, code, figure, list, percent } from '../words/format.ts'
import { escaped, withCode } from './escaped.ts'

/** What a decision rests on, with what was measured of guarantees. */
export interface DecisionData extends Besides {
  basis: Basis | null
  /** Where guarantees are from; null where none were measured. */
  tradeFrom: string | null
}

/** Why nothing can be said, where nothing can. */
const NO_BASIS =
  'Nothing here was measured at the load of a service, and saturation does not say what to choose. `npm run bench` measures it in 15 minutes.'

/** All of it, at the load of who says nothing; its places are filled anew for a reader who does. */
export function openingHtml(data: DecisionData): string {
  const drawing = data.basis && decisionChart(data.basis, USUAL)
  return `<section id="decision" aria-label="What to choose">
${data.basis ? `<p id="ask">${withCode(USUAL.schemes.map(code).join(' or '))}? ${escaped(loadText(USUAL))}.</p>` : ''}
<div id="verdict" aria-live="polite">${verdictHtml(data, USUAL)}</div>
<figure class="chart" id="decision-chart"${drawing ? '' : ' hidden'}>${drawing ? `<div class="picture">${toSvg(drawing)}</div>` : ''}</figure>
<div id="cards">${cardsHtml(data, USUAL)}</div>
</section>`
}

/** The answer at a load, below the question that the page asks. */
export function verdictHtml({ basis, tradeFrom, ...besides }: DecisionData, load: ServiceLoad): string {
  if (!basis) return `<p class="choice">${withCode(NO_BASIS)}</p>`
  const made = decide(basis, load)
  if ('missing' in made) {
    const names = list(made.missing.map(code))
    return `<p class="choice">${withCode(
      `Nothing here says what ${names} would take: \`npm run bench -- --schemes ${load.schemes.join(',')}\` measures it.`,
    )}</p>`
  }
  const { headline, size, matters, advice, sure, where } = sentencesOf(made, load, basis, besides)
  return `<p class="choice" ${factsOf(made)}>${withCode(capital(headline))}</p>
<p class="advice">${withCode(advice)}</p>
<p>${withCode([size, matters].filter(Boolean).join(' '))}</p>
<p class="sure">${withCode([sure, where, THRESHOLD].join(' '))}</p>
${tradeoffsHtml(tradeoffsOf(made, load, besides), load)}
<p class="small">${withCode([addingUp(made), provenance(tradeFrom)].filter(Boolean).join(' '))}</p>`
}

/** The figures of the sentence, for who reads the page by program. */
function factsOf({ outcome, cheaper, byCores, sides, byUs }: Decision): string {
  const facts = {
    outcome,
    cheaper: cheaper === null ? '' : sides[cheaper].scheme,
    ...{ cores: byCores.value, lo: byCores.lo, hi: byCores.hi },
    ...{ runs: byUs.runs, ends: byUs.ends },
  }
  return Object.entries(facts)
    .map(([name, value]) => `data-${name}="${escaped(String(value))}"`)
    .join(' ')
}

/** What one chooses by, also where CPU does not decide it. */
function tradeoffsHtml(rows: readonly TradeoffRow[], { schemes }: ServiceLoad): string {
  const cell = ({ text, isKept }: TradeoffRow['cells'][number]) => {
    const mark = isKept === null ? '' : isKept ? ' class="kept"' : ' class="lost"'
    return `<td${mark}>${withCode(capital(text))}</td>`
  }
  const head = schemes.map((scheme) => `<th scope="col">${withCode(code(scheme))}</th>`).join('')
  const body = rows.map(
    ({ head: about, cells }) => `<tr><th scope="row">${escaped(about)}</th>${cells.map(cell).join('')}</tr>`,
  )
  return `<table class="tradeoffs"><thead><tr><td></td>${head}</tr></thead><tbody>${body.join('')}</tbody></table>`
}

/** Why the two shares do not differ by the difference, where they do not: it is measured turn beside turn, and is no difference of theirs. */
function addingUp({ sides: [first, second], byCores, cheaper }: Decision): string | null {
  if (cheaper === null || !first.isTold || !second.isTold) return null
  const [more, less] = cheaper === 0 ? [second, first] : [first, second]
  const [from, taken, by] = [more.cores.value, less.cores.value, Math.abs(byCores.value)].map((one) =>
    coresFigure(one),
  )
  return (Number(from) - Number(taken)).toFixed(2) === Number(by).toFixed(2)
    ? null
    : `${from} less ${taken} is not ${by}: the difference is measured by itself, turn beside turn, and each of the three is a median.`
}

/** Where what is kept and given up is from. */
const provenance = (tradeFrom: string | null) =>
  tradeFrom
    ? `✓ and ✗ say what a scheme is made to do; brackets, what ${code(tradeFrom)} measured of it.`
    : '✓ and ✗ say what a scheme is made to do; `--profile full` measures it.'

export function cardsHtml({ basis, trade }: DecisionData, load: ServiceLoad): string {
  if (!basis) return ''
  const cards = cardsOf(basis, load, trade).map((card) => cardHtml(card, load))
  return `<h2>Three wishes that decide more than CPU does</h2>
<div class="cards">${cards.join('')}</div>`
}

function cardHtml({ wish, why, of }: Card, { perSec }: ServiceLoad): string {
  const head = `<h3>${escaped(wish)}</h3>`
  if (!of) return `<article class="card">${head}<p>None that grants it was measured here.</p></article>`
  const { side, alike, guarantees, wire, memory } = of
  const others = alike.length > 0 ? ` Not told from it: ${list(alike.map(code))}.` : ''
  const costs = [
    `${coresText(side.cores.value)} at ${figure(perSec)} requests/s, ${percent(side.share)} of what the service takes`,
    wire !== null && wire !== ABSENT && `${wire.replace(/\.0$/, '')} bytes on the wire for each request`,
    memory !== null && memory !== ABSENT && memory !== 'none seen' && `${memory} for each user`,
  ].filter((one) => typeof one === 'string')
  const items = (kept: boolean) =>
    guarantees.filter(({ isKept }) => isKept === kept).map(({ about, text }) => `${ABOUT[about]}: ${text}`)
  const part = (name: string, lines: readonly string[]) =>
    lines.length === 0
      ? ''
      : `<dt>${name}</dt><dd><ul>${lines.map((line) => `<li>${withCode(line)}</li>`).join('')}</ul></dd>`
  return `<article class="card">${head}
<p class="pick">${withCode(code(side.scheme))}</p>
<p class="small">${withCode(why + others)}</p>
<dl>${part('Costs', costs)}${part('Keeps', items(true))}${part('Gives up', items(false))}</dl></article>`
}
