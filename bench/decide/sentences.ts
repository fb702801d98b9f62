/** A decision in sentences that a person would say: what is cheaper, by how much, from when on that matters, how sure that is. */
import { LEAST_OCCASIONS, LEAST_RUNS } from '../figures/runs/over-runs.ts'
import { code, counted, figure, list, percent, withRange } from '../words/format.ts'
import type { Basis } from './basis.ts'
import { type Decision, decide, type Side } from './decision.ts'
import { type ServiceLoad, USUAL } from './load.ts'
import { coresFigure, coresText } from './words.ts'

type Name = (scheme: string) => string

/** In the order in which they are read. */
export interface Sentences {
  /** What to choose. */
  headline: string
  /** What each takes. */
  sizes: string
  /** From when on it matters; null where it was not told. */
  matters: string | null
  sure: string
  /** Where the load lies beyond what was measured; null within. */
  beyond: string | null
}

export function sentencesOf(made: Decision, load: ServiceLoad, basis: Basis, name: Name = code): Sentences {
  return {
    headline: headlineOf(made, name),
    sizes: sizesOf(made, name),
    matters: mattersOf(made, load, name),
    sure: sureOf(made, basis),
    beyond: beyondOf(made, load),
  }
}

function beyondOf({ measured }: Decision, { perSec, handlerUs }: ServiceLoad): string | null {
  const { leastPerSec, mostHandlerUs } = measured
  const parts = [
    perSec < leastPerSec && `less than ${figure(leastPerSec)} requests/s on a replica`,
    handlerUs > mostHandlerUs && `handlers that take more than ${figure(mostHandlerUs)} µs`,
  ].filter((part) => typeof part === 'string')
  return parts.length === 0 ? null : `Nobody measured ${list(parts)}: what auth adds is taken as it is there.`
}

/** All of it as one paragraph; null where the two were not measured beside each other. */
export function choiceText(basis: Basis, load: ServiceLoad = USUAL, name: Name = code): string | null {
  const made = decide(basis, load)
  if ('missing' in made) return null
  const { headline, sizes, matters, sure, beyond } = sentencesOf(made, load, basis, name)
  return [`${loadText(load)} ${headline}`, sizes, matters, sure, beyond].filter(Boolean).join(' ')
}

/** `At 1,000 requests/s, with handlers that take 300 µs of CPU each,` */
export function loadText({ perSec, handlerUs }: ServiceLoad): string {
  const own = handlerUs > 0 ? `, with handlers that take ${figure(handlerUs)} µs of CPU each` : ''
  return `At ${figure(perSec)} requests/s${own},`
}

function headlineOf({ sides, outcome, cheaper, byCores, byShare }: Decision, name: Name): string {
  const [first, second] = sides.map(({ scheme }) => name(scheme))
  const by = coresText(byCores.value)
  const between = `(${rangeOf(byCores)})`
  if (cheaper === null) {
    const most = coresText(Math.max(Math.abs(byCores.lo), Math.abs(byCores.hi)))
    return outcome === 'either'
      ? `either will do: ${first} and ${second} were not told apart, and differ by ${most} at most.`
      : `${first} and ${second} were not told apart: they may differ by as much as ${most}.`
  }
  const [less, more] = cheaper === 0 ? [first, second] : [second, first]
  return outcome === 'either'
    ? `either will do: ${less} takes ${by} ${between} less than ${more}, ${percent(byShare)} of what the service takes.`
    : `${less} takes ${by} ${between} less than ${more}.`
}

/** Of a difference, whichever way it goes. */
function rangeOf({ lo, hi }: { lo: number; hi: number }): string {
  const [from, to] = [Math.min(Math.abs(lo), Math.abs(hi)), Math.max(Math.abs(lo), Math.abs(hi))]
  return `${coresFigure(from)} to ${coresFigure(to)}`
}

function sizesOf({ sides }: Decision, name: Name): string {
  const [first, second] = sides
  return (
    `Auth takes ${sizeOf(first)} with ${name(first.scheme)} and ${sizeOf(second)} with ` +
    `${name(second.scheme)}: ${percent(first.share)} and ${percent(second.share)} of all CPU that the service takes.`
  )
}

/** What was not told from nothing may be so much. */
const sizeOf = ({ cores, isTold }: Side) =>
  isTold ? coresText(cores.value) : `at most ${coresText(Math.max(0, cores.hi))}`

function mattersOf({ coreFrom, swap, sides }: Decision, { perSec }: ServiceLoad, name: Name): string | null {
  const parts = [
    swap &&
      `They change places at ${withRange(swap.perSec)} requests/s: below, ${name(sides[swap.below].scheme)} takes less.`,
    coreFrom !== null &&
      perSec < coreFrom &&
      `The difference grows to a whole core at ${figure(coreFrom)} requests/s.`,
  ].filter((part) => typeof part === 'string')
  return parts.length > 0 ? parts.join(' ') : null
}

function sureOf({ byUs, toldIn, cheaper }: Decision, { machine, machines }: Basis): string {
  const { runs, occasions, ends } = byUs
  const where = `measured on ${machines} ${machines === 1 ? 'kind' : 'kinds'} of machine (${machine})`
  const over = `${counted(runs, 'run')} from ${counted(occasions, 'occasion')}`
  const said = cheaper === null ? 'does not tell them apart' : 'tells them apart'
  if (runs === 1) return `One run ${said}, by its 95 % interval; ${where}.`
  if (ends === 'interval') return `The 95 % interval over ${over}, hours apart, ${said}; ${where}.`
  const count = toldIn === runs ? `Each of ${over}` : `${toldIn === 0 ? 'None' : toldIn} of ${over}`
  const tells = toldIn > 1 && toldIn < runs ? 'tell them apart by themselves' : 'tells them apart by itself'
  return `${count} ${tells}, and a 95 % interval over runs would take ${LEAST_RUNS} of them from ${LEAST_OCCASIONS} occasions, hours apart; ${where}.`
}
