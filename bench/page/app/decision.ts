/** The question of the first screen, asked again at every change: the reader's load, his two schemes, his own code, his Redis. */
import { isSchemeName, schemeNames } from '../../../servers/scheme.ts'
import { baselineChart, besideBaseline } from '../../decide/baseline-chart.ts'
import type { Basis } from '../../decide/basis.ts'
import { decisionChart } from '../../decide/chart.ts'
import { decide } from '../../decide/decision.ts'
import { type ServiceLoad, USUAL } from '../../decide/load.ts'
import { CONTROL } from '../../figures/records.ts'
import type { Figure } from '../../report/flat-figures.ts'
import { cardsHtml, type DecisionData, verdictHtml } from '../decision-html.ts'
import { choose, chosen, follow, onChoice, onceAFrame } from './address.ts'
import { chartCard } from './charts.ts'
import { byId, el, select } from './dom.ts'
import { chooseQuantity, requestFrom } from './plan-request.ts'

/** As the address has it; names that nobody knows are as if nothing had been said. */
export function chosenPair(): readonly [string, string] {
  const [first = '', second = ''] = chosen('pair')?.split(',') ?? []
  return isSchemeName(first) && isSchemeName(second) && first !== second ? [first, second] : USUAL.schemes
}

function chosenLoad(): ServiceLoad {
  const { rps, handlerUs, redisRttMs } = requestFrom()
  return { perSec: rps, handlerUs, redisRttMs, schemes: chosenPair() }
}

/** Those of which any run knows what they cost. */
function schemesOf({ runs }: Basis): string[] {
  const known = new Set(runs.flatMap(({ overLoad }) => overLoad.map(({ scheme }) => scheme)))
  return schemeNames.filter((name) => known.has(name))
}

const ASKED = ['rps', 'handler', 'distance', 'pair'] as const

export function showDecision(data: DecisionData): void {
  if (!data.basis) return
  const schemes = schemesOf(data.basis).filter((scheme) => scheme !== CONTROL)
  byId('ask').replaceChildren(...question(schemes))
  const draw = () => {
    const load = chosenLoad()
    byId('verdict').innerHTML = verdictHtml(data, load)
    byId('cards').innerHTML = cardsHtml(data, load)
    drawChart(data, load)
  }
  draw()
  onChoice(ASKED, onceAFrame(draw))
  phone.addEventListener('change', draw)
}

const phone = matchMedia('(max-width: 40rem)')

function drawChart({ basis }: DecisionData, load: ServiceLoad): void {
  const place = byId('decision-chart')
  const drawing = basis && decisionChart(basis, load, phone.matches)
  place.hidden = drawing === null
  if (!basis || !drawing) return
  place.replaceChildren(...chartCard('decision', drawing, () => figuresOf(basis, load)))
}

function figuresOf(basis: Basis, load: ServiceLoad): Figure[] {
  const made = decide(basis, load)
  if ('missing' in made) return []
  const common = { n: made.byUs.runs, detected: null }
  const labels = (scheme: string) => ({ scheme, 'requests/s': String(load.perSec) })
  return made.sides.flatMap(({ scheme, cores, taxUs: { value, lo, hi } }) => [
    { labels: labels(scheme), metric: 'authCores', ...cores, unit: 'cores', ...common },
    { labels: labels(scheme), metric: 'authTaxUs', ...{ value, lo, hi }, unit: 'µs/request', ...common },
  ])
}

/** The sentence that the reader finishes. */
function question(schemes: readonly string[]): (Node | string)[] {
  return [
    scheme(0, schemes),
    ' or ',
    scheme(1, schemes),
    '? At ',
    number('ask-rps', 'rps', 'requests per second', () => chosenLoad().perSec),
    ' requests/s, with ',
    number('ask-handler', 'handler', 'CPU µs of your own code in each request', () => chosenLoad().handlerUs),
    ' µs of CPU for your own code in each, and Redis ',
    number('ask-distance', 'distance', 'ms to Redis and back', () => chosenLoad().redisRttMs),
    ' ms of network away:',
  ]
}

function number(
  id: string,
  choice: 'rps' | 'handler' | 'distance',
  label: string,
  value: () => number,
): HTMLElement {
  const input = el('input', {
    type: 'number',
    id,
    min: 0,
    step: 'any',
    'aria-label': label,
    input() {
      if (input.value !== '') chooseQuantity(choice, Number(input.value))
    },
    change() {
      input.value = String(value())
    },
  })
  follow([choice], () => {
    if (document.activeElement !== input) input.value = String(value())
  })
  return input
}

function scheme(place: 0 | 1, schemes: readonly string[]): HTMLElement {
  const box = select(`ask-${place}`, schemes, (name) => {
    const pair = [...chosenPair()]
    const before = pair[place] ?? ''
    const other = 1 - place
    pair[place] = name
    // Whoever chooses the other one for this place wants the two the other way round.
    if (pair[other] === name) pair[other] = before
    choose({ pair: pair.join(',') })
  })
  box.setAttribute('aria-label', place === 0 ? 'the first scheme' : 'the second scheme')
  follow(['pair'], () => {
    box.value = chosenPair()[place]
  })
  return box
}

/** Every scheme beside one that the reader picks; the page has a place for it where it tells of cost. */
export function showBaseline({ basis }: DecisionData): void {
  const place = document.getElementById('baseline')
  if (!place || !basis) return
  const schemes = schemesOf(basis)
  const chosenBase = () => {
    const name = chosen('base') ?? ''
    return schemes.find((one) => one === name) ?? USUAL.schemes[0]
  }
  const box = select('baseline-scheme', schemes, (name) => choose({ base: name }))
  const figure = el('figure', { class: 'chart' })
  place.replaceChildren(
    el('p', {}, el('label', { for: 'baseline-scheme' }, 'Every scheme beside '), box),
    figure,
  )
  const draw = () => {
    box.value = chosenBase()
    const load = chosenLoad()
    const drawing = baselineChart(basis, load, chosenBase())
    figure.hidden = drawing === null
    if (!drawing) return
    const beside = () =>
      besideBaseline(basis, load, chosenBase()).map(({ scheme, byUs: { value, lo, hi, runs }, isTold }) => ({
        ...{ labels: { scheme, beside: chosenBase() }, metric: 'byUs', value, lo, hi },
        ...{ n: runs, unit: 'µs/request', detected: isTold },
      }))
    figure.replaceChildren(...chartCard('baseline', drawing, beside))
  }
  draw()
  onChoice([...ASKED, 'base'], onceAFrame(draw))
}
