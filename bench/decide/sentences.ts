/** A decision in sentences that a person would say: whether CPU decides, what is cheaper, by how much, how sure that is. */
import type { OverRuns } from '../figures/runs/over-runs.ts'
import type { Trade } from '../trade/schema.ts'
import { code, counted, figure, list, percent, withRange } from '../words/format.ts'
import { adviceOf } from './advice.ts'
import type { Basis } from './basis.ts'
import { DECIDES, type Decision, decide, type Side } from './decision.ts'
import { type ServiceLoad, USUAL } from './load.ts'
import { coresRange, coresText, endsText, upwards } from './words.ts'

type Name = (scheme: string) => string

/** In the order in which they are read. */
export interface Sentences {
  /** What to choose by CPU. */
  headline: string
  /** How much that is; null where the two were not told apart. */
  size: string | null
  /** From when on it matters; null where that was not told. */
  matters: string | null
  /** What each keeps that the other gives up. */
  advice: string
  /** What each of the two takes. */
  sizes: string
  sure: string
  /** Where between measured points, or beyond them, the load lies. */
  where: string
}

interface Saying {
  /** What was measured of guarantees; without it, what schemes declare. */
  trade?: Trade
  name?: Name
}

export function sentencesOf(
  made: Decision,
  load: ServiceLoad,
  basis: Basis,
  { trade = [], name = code }: Saying = {},
): Sentences {
  return {
    headline: headlineOf(made, name),
    size: sizeOf(made),
    matters: mattersOf(made, load, name),
    advice: adviceOf(made, trade, name),
    sizes: sizesOf(made, name),
    sure: sureOf(made, basis),
    where: whereOf(made, load),
  }
}

/** All of it as one paragraph; null where the two were not measured beside each other. */
export function choiceText(basis: Basis, saying: Saying = {}, load: ServiceLoad = USUAL): string | null {
  const made = decide(basis, load)
  if ('missing' in made) return null
  const { headline, size, matters, advice, sizes, sure, where } = sentencesOf(made, load, basis, saying)
  const all = [`${loadText(load)}, ${headline}`, advice, size, matters, sizes, sure, where]
  return all.filter((part) => part !== null).join(' ')
}

/** `At 1,000 requests/s, with 300 µs of CPU for your own code in each` */
export function loadText({ perSec, handlerUs }: ServiceLoad): string {
  const own = handlerUs > 0 ? `, with ${figure(handlerUs)} µs of CPU for your own code in each` : ''
  return `At ${figure(perSec)} requests/s${own}`
}

/** What the verdict goes by. */
export const THRESHOLD = `Our rule: CPU decides where the difference is at least ${counted(DECIDES.cores, 'core')} and at least ${percent(DECIDES.share)} of what the service takes.`

function headlineOf({ sides, outcome, cheaper, byCores, byShare }: Decision, name: Name): string {
  const [first, second] = sides.map(({ scheme }) => name(scheme))
  if (cheaper === null) {
    const most = coresText(Math.max(Math.abs(byCores.lo), Math.abs(byCores.hi)))
    return outcome === 'little'
      ? `CPU should not decide it: ${first} and ${second} were not told apart, and differ by ${most} at most.`
      : `${first} and ${second} were not told apart: they may differ by as much as ${most}.`
  }
  const less = cheaper === 0 ? first : second
  const saves = `${less} saves ${coresText(byCores.value)}`
  return outcome === 'little'
    ? `CPU should not decide it: ${saves}.`
    : `CPU speaks for ${less}: it saves ${coresText(byCores.value)}, ${percent(byShare)} of what the service takes.`
}

function sizeOf({ cheaper, byCores, byUs, byShare }: Decision): string | null {
  if (cheaper === null) return null
  return `That is ${percent(byShare)} of the CPU of the service: ${coresRange(upwards(byCores), endsText(byUs))}.`
}

function mattersOf(made: Decision, { perSec }: ServiceLoad, name: Name): string | null {
  const { decidesFrom, swap, sides, cheaper, outcome, byShare } = made
  const isFar = decidesFrom !== null && perSec < decidesFrom.value
  const parts = [
    swap &&
      `They change places at ${withRange(swap.perSec)} requests/s: below, ${name(sides[swap.below].scheme)} takes less.`,
    isFar && `It grows to a whole core at ${withRange(decidesFrom)} requests/s.`,
    outcome === 'little' &&
      cheaper !== null &&
      byShare < DECIDES.share &&
      `Below ${percent(DECIDES.share)} either will do.`,
  ].filter((part) => typeof part === 'string')
  return parts.length > 0 ? parts.join(' ') : null
}

function sizesOf({ sides }: Decision, name: Name): string {
  const [first, second] = sides
  return (
    `Auth takes ${taxText(first)} with ${name(first.scheme)} and ${taxText(second)} with ` +
    `${name(second.scheme)}: ${percent(first.share)} and ${percent(second.share)} of the CPU of the service.`
  )
}

/** What was not told from nothing may be so much. */
export const taxText = ({ cores, isTold }: Side) =>
  isTold ? coresRange(cores) : `at most ${coresText(Math.max(0, cores.hi))}`

function sureOf({ byUs, toldIn, cheaper }: Decision, { machine, machines }: Basis): string {
  const where = `Measured on ${machines} ${machines === 1 ? 'kind' : 'kinds'} of machine (${machine}).`
  return `How sure: ${agreement(byUs, toldIn, cheaper !== null)} ${where}`
}

function agreement({ runs, occasions, ends }: OverRuns, toldIn: number, isTold: boolean): string {
  const zero = isTold ? 'leaves out zero' : 'holds zero'
  if (runs === 1) return `the 95 % interval of the one run ${zero}.`
  const over = `${counted(runs, 'run')} from ${counted(occasions, 'occasion')}`
  if (ends === 'interval') return `the 95 % interval over ${over}, hours apart, ${zero}.`
  if (toldIn === runs) return `each of ${over} finds the difference by itself.`
  const found = toldIn === 1 ? 'finds it by itself' : 'find it by themselves'
  return `${toldIn === 0 ? 'none' : toldIn} of ${over} ${found}.`
}

function whereOf({ measured, place }: Decision, { perSec, handlerUs }: ServiceLoad): string {
  const { leastPerSec, mostHandlerUs, isHere } = measured
  const beyond = [
    perSec < leastPerSec && `less than ${figure(leastPerSec)} requests/s on a replica`,
    handlerUs > mostHandlerUs && `more than ${figure(mostHandlerUs)} µs of your own code`,
  ].filter((part) => typeof part === 'string')
  if (beyond.length > 0)
    return `Nobody measured ${list(beyond)}: the nearest that was measured stands for it.`
  const replicas = Math.ceil(perSec / place.perSec)
  const shared =
    replicas === 1
      ? 'One replica takes the whole load'
      : `${counted(replicas, 'replica')} share the load, ${perSec === replicas * place.perSec ? '' : 'at most '}${figure(place.perSec)} requests/s each`
  return `${shared}: a rate ${isHere ? 'that was measured' : 'between two that were measured'}.`
}
