/** The first screen: what to choose at a load, and three wishes that decide more than CPU does. The page makes it anew for its reader. */
import { isSchemeName } from '../../servers/scheme.ts'
import type { Basis } from '../decide/basis.ts'
import { type Card, cardsOf } from '../decide/cards.ts'
import { decisionChart } from '../decide/chart.ts'
import { type Decision, decide } from '../decide/decision.ts'
import { guaranteesOf } from '../decide/guarantees.ts'
import { type ServiceLoad, USUAL } from '../decide/load.ts'
import { loadText, sentencesOf } from '../decide/sentences.ts'
import { waitingText } from '../decide/waiting.ts'
import { coresText } from '../decide/words.ts'
import type { Evidence } from '../plan/evidence.ts'
import type { Trade } from '../trade/schema.ts'
import { toSvg } from '../words/charts/svg.ts'
import { ABSENT, capital, code, figure, list, percent } from '../words/format.ts'
import { escaped, withCode } from './escaped.ts'

/** What a decision rests on, with what was measured of guarantees. */
export interface DecisionData {
  basis: Basis | null
  trade: Trade
  /** Where guarantees are from; null where none were measured. */
  tradeFrom: string | null
  /** What the planner knows of each scheme. */
  evidence: readonly Evidence[]
}

/** Why nothing can be said, where nothing can. */
const NO_BASIS =
  'Nothing here was measured at the load of a service, and saturation does not say what to choose. `npm run bench` measures it in 15 minutes.'

/** All of it, at the load of who says nothing; its places are filled anew for a reader who does. */
export function openingHtml(data: DecisionData): string {
  const drawing = data.basis && decisionChart(data.basis, USUAL)
  return `<section id="decision" aria-label="What to choose">
${data.basis ? `<p id="ask">${escaped(loadText(USUAL))} ${withCode(USUAL.schemes.map(code).join(' or '))}?</p>` : ''}
<div id="verdict" aria-live="polite">${verdictHtml(data, USUAL)}</div>
<figure class="chart" id="decision-chart"${drawing ? '' : ' hidden'}>${drawing ? `<div class="picture">${toSvg(drawing)}</div>` : ''}</figure>
<div id="cards">${cardsHtml(data, USUAL)}</div>
</section>`
}

/** The answer at a load, below the question that the page asks. */
export function verdictHtml({ basis, trade, evidence }: DecisionData, load: ServiceLoad): string {
  if (!basis) return `<p class="choice">${withCode(NO_BASIS)}</p>`
  const made = decide(basis, load)
  if ('missing' in made) {
    const names = list(made.missing.map(code))
    return `<p class="choice">${withCode(
      `Nothing here says what ${names} would take: \`npm run bench -- --schemes ${load.schemes.join(',')}\` measures it.`,
    )}</p>`
  }
  const { headline, sizes, matters, sure, beyond } = sentencesOf(made, load, basis)
  const waiting = waitingText(evidence, load)
  return `<p class="choice" ${factsOf(made)}>${withCode(capital(headline))}</p>
<p>${withCode([sizes, matters, waiting].filter(Boolean).join(' '))}</p>
<p class="sure">${withCode([sure, beyond].filter(Boolean).join(' '))}</p>
${notBought(made, trade)}`
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

/** What no price of CPU says: where the two differ in what they keep. */
function notBought({ sides }: Decision, trade: Trade): string {
  const [first, second] = sides.map(({ scheme }) => ({
    scheme,
    kept: isSchemeName(scheme)
      ? guaranteesOf(scheme, trade.find((row) => row.scheme === scheme) ?? null)
      : [],
  }))
  const items = (first?.kept ?? []).flatMap((own, i) => {
    const other = second?.kept[i]
    if (!first || !second || !other || own.isKept === other.isKept) return []
    return `<li>${withCode(`With ${code(first.scheme)} ${own.text}; with ${code(second.scheme)} ${other.text}.`)}</li>`
  })
  return items.length === 0 ? '' : `<p>What CPU does not show:</p><ul class="besides">${items.join('')}</ul>`
}

export function cardsHtml({ basis, trade, tradeFrom }: DecisionData, load: ServiceLoad): string {
  if (!basis) return ''
  const cards = cardsOf(basis, load, trade).map((card) => cardHtml(card, load))
  const from = tradeFrom
    ? `Figures in brackets were measured in ${code(tradeFrom)}.`
    : 'What each keeps and gives up is what it declares; `--profile full` measures it.'
  return `<h2>Three wishes that decide more than CPU does</h2>
<div class="cards">${cards.join('')}</div>
<p class="small">${withCode(from)}</p>`
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
  const items = (kept: boolean) => guarantees.filter(({ isKept }) => isKept === kept).map(({ text }) => text)
  const part = (name: string, lines: readonly string[]) =>
    lines.length === 0
      ? ''
      : `<dt>${name}</dt><dd><ul>${lines.map((line) => `<li>${withCode(capital(line))}</li>`).join('')}</ul></dd>`
  return `<article class="card">${head}
<p class="pick">${withCode(code(side.scheme))}</p>
<p class="small">${withCode(why + others)}</p>
<dl>${part('Costs', costs)}${part('Keeps', items(true))}${part('Gives up', items(false))}</dl></article>`
}
