/** What a scheme adds on a machine, over its published runs: as a sentence, and as a table with what was left out. */
import { schemeNames } from '../../servers/scheme.ts'
import { THE_TWO } from '../experiments/roles.ts'
import type { RunWithRows } from '../figures/rows.ts'
import type { LoadFigure } from '../figures/runs/over-load.ts'
import {
  byOccasion,
  disjointPairs,
  LEAST_OCCASIONS,
  LEAST_RUNS,
  type OverRuns,
  overRuns,
} from '../figures/runs/over-runs.ts'
import { groupedBy, rising } from '../stats/groups.ts'
import type { Interval } from '../stats/median-interval.ts'
import { type Between, betweenOccasions, errorOf, widened } from '../stats/occasions.ts'
import { mean } from '../stats/sums.ts'
import { code, counted, figure, list, machine, withRange } from '../words/format.ts'
import { markdownTable } from '../words/tables.ts'
import { alikeRuns, isSameMachine, type LeftOut } from './alike.ts'

interface TaxOfRun {
  run: RunWithRows
  figure: LoadFigure & { taxUs: Interval }
}

/** With the most handler work that all of the runs have, as answers are. */
function taxesOf(runs: readonly RunWithRows[]): TaxOfRun[] {
  const common = rising(
    runs.flatMap(({ overLoad }) => [...new Set(overLoad.map(({ handlerUs }) => handlerUs))]),
  ).filter((us) => runs.every(({ overLoad }) => overLoad.some(({ handlerUs }) => handlerUs === us)))
  const most = common.at(-1)
  return runs.flatMap((run) =>
    run.overLoad.flatMap(({ taxUs, ...one }) =>
      taxUs && one.handlerUs === most ? [{ run, figure: { ...one, taxUs } }] : [],
    ),
  )
}

const over = (taxes: readonly TaxOfRun[]): OverRuns =>
  overRuns(taxes.map(({ run, figure: { taxUs } }) => ({ startedAt: run.run.startedAt, ...taxUs })))

const us = (value: number) => figure(Math.round(value), Math.max(100, Math.abs(value)))

/** What the ends are, in words: a range of few runs is no interval. */
function endsText({ ends, runs, occasions }: OverRuns): string {
  return ends === 'interval'
    ? `median and 95 % interval over ${counted(runs, 'run')} from ${counted(occasions, 'occasion')}, hours apart`
    : `median and range of ${counted(runs, 'run')} from ${counted(occasions, 'occasion')}; an interval takes ${LEAST_RUNS} from ${LEAST_OCCASIONS}`
}

/**
 * What the two that the argument is about add on this kind of machine, at the highest rate that all runs have of both; null with
 * fewer than two runs that are alike.
 */
export function overRunsSentence(all: readonly RunWithRows[]): string | null {
  const { alike } = alikeRuns(all)
  const main = alike.at(-1)
  if (!main || alike.length < 2) return null
  const taxes = taxesOf(alike)
  const of = (scheme: string, rate: number) =>
    taxes.filter(({ figure: one }) => one.scheme === scheme && one.perSec === rate)
  const rates = rising(taxes.map(({ figure: one }) => one.perSec ?? 0))
  const rate = rates.findLast((one) => THE_TWO.every((scheme) => of(scheme, one).length === alike.length))
  if (rate === undefined) return null
  const figures = THE_TWO.map((scheme) => ({ scheme, found: over(of(scheme, rate)) }))
  const [first] = figures
  if (!first) return null
  const own = taxes[0]?.figure.handlerUs ?? 0
  const work = own > 0 ? ` with ${figure(own)} µs of work of its own in each` : ''
  const added = figures.map(({ scheme, found }, i) => {
    return i === 0
      ? `${code(scheme)} adds ${withRange(found, us)} µs of CPU to a request`
      : `${code(scheme)} ${withRange(found, us)} µs`
  })
  return (
    `At ${figure(rate)} requests/s on one replica${work}, ${list(added)}: ${endsText(first.found)}. ` +
    `Measured on ${machine(main.run.environment)}; all runs are [listed](results/README.md#published-runs).`
  )
}

/** Each scheme and rate over the runs that are alike; empty where fewer than two are. All others are named, with the reason. */
export function overRunsMarkdown(all: readonly RunWithRows[], unread: readonly LeftOut[] = []): string[] {
  const { alike, leftOut } = alikeRuns(all)
  const out = [...leftOut, ...unread]
  const left =
    out.length === 0 ? [] : [`Left out: ${out.map(({ name, reason }) => `${name} (${reason})`).join('; ')}.`]
  const main = alike.at(-1)
  if (!main || alike.length < 2) return left
  const taxes = taxesOf(alike)
  if (taxes.length === 0) return left
  const rates = rising(taxes.map(({ figure: one }) => one.perSec ?? 0))
  const cells = groupedBy(taxes, ({ figure: one }) => `${one.scheme} ${one.perSec}`)
  const rows = schemeNames.flatMap((scheme) => {
    const own = rates.map((rate) => cells.get(`${scheme} ${rate}`))
    return own.some(Boolean) ? [[code(scheme), ...own.map(cellText(alike.length))]] : []
  })
  const handlerUs = taxes[0]?.figure.handlerUs ?? 0
  const most = [...cells.values()].reduce((some, other) => (other.length > some.length ? other : some))
  return [
    `**Over ${counted(alike.length, 'run')} of ${machine(main.run.environment)}**: CPU µs that a scheme adds to a request with ` +
      `${figure(handlerUs)} µs of work of its own, by arrival rate; ${endsText(over(most))}.`,
    markdownTable({ head: ['scheme', ...rates.map((rate) => `${figure(rate)}/s`)], rows }),
    ...agreementText([...cells.values()], alike),
    ...left,
  ]
}

/** Where not all runs have it, with their number. */
const cellText = (runs: number) => (taxes: readonly TaxOfRun[] | undefined) => {
  if (!taxes) return '–'
  const found = over(taxes)
  return `${withRange(found, us)}${found.runs < runs ? `, ${counted(found.runs, 'run')}` : ''}`
}

/** How far intervals of single runs can be trusted: by themselves, and widened by what the other runs differ by. */
function agreementText(cells: readonly (readonly TaxOfRun[])[], alike: readonly RunWithRows[]): string[] {
  const own = cells.map((taxes) => taxes.map(({ figure: { taxUs } }) => taxUs))
  const alone = disjointPairs(own)
  if (alone.pairs === 0) return []
  const said = `Of ${alone.pairs} pairs of intervals of single runs for the same figure ${alone.disjoint} have nothing in common`
  const between = taxBetween(alike)
  if (!between) return [`${said}.`]
  const wide = disjointPairs(own.map((some) => some.map((one) => widenedTax(one, between))))
  return [`${said}, and ${wide.disjoint} when widened by what the runs differ by.`]
}

/**
 * What taxes in µs vary by between occasions, of their logarithm: each scheme at the place that most runs have, and of those where
 * they know it best. Null where no scheme was seen on enough occasions.
 */
export function taxBetween(runs: readonly RunWithRows[]): Between | null {
  const told = taxesOf(runs).filter(({ figure: { taxUs } }) => taxUs.lo > 0)
  const schemes = [...groupedBy(told, ({ figure: one }) => one.scheme).values()]
  return betweenOccasions(
    schemes.flatMap((own) => {
      const places = [...groupedBy(own, ({ figure: one }) => one.perSec).values()]
      const most = places.reduce((some, other) =>
        other.length > some.length || (other.length === some.length && noiseOf(other) < noiseOf(some))
          ? other
          : some,
      )
      const occasions = byOccasion(
        most.map(({ run, figure: { taxUs } }) => ({ startedAt: run.run.startedAt, ...logOf(taxUs) })),
      )
      if (occasions.length < LEAST_OCCASIONS) return []
      return [occasions.map((some) => some.map((one) => ({ value: one.value, error: errorOf(one) })))]
    }),
  )
}

const noiseOf = (taxes: readonly TaxOfRun[]) =>
  mean(taxes.map(({ figure: { taxUs } }) => errorOf(logOf(taxUs)) ** 2))

/** To first order: an interval that ends near zero would have no end on the logarithm. */
function logOf({ value, lo, hi }: Interval): Interval {
  const reach = (hi - lo) / 2 / value
  return { value: Math.log(value), lo: Math.log(value) - reach, hi: Math.log(value) + reach }
}

/** On logarithms, where it is above zero. */
export function widenedTax(tax: Interval, between: Between): Interval {
  if (tax.lo > 0) {
    const { value, lo, hi } = widened(logOf(tax), between)
    const [from, to] = [Math.min(tax.lo, Math.exp(lo)), Math.max(tax.hi, Math.exp(hi))]
    return { value: Math.exp(value), lo: from, hi: to }
  }
  const square = tax.value ** 2
  return widened(tax, { ...between, variance: between.variance * square, noise: between.noise * square })
}

/**
 * What one run says of its machine, for a terminal: what the two add, widened by what the machine's published runs differ by, or that
 * this is not known. Null for a run without cost over load.
 *
 * @param published all of them; those of other machines, and the run itself, say nothing here
 */
export function machineAnswer(run: RunWithRows, published: readonly RunWithRows[]): string | null {
  const taxes = taxesOf([run])
  const rates = rising(taxes.map(({ figure: one }) => one.perSec ?? 0))
  const of = (scheme: string, rate: number) =>
    taxes.find(({ figure: one }) => one.scheme === scheme && one.perSec === rate)?.figure.taxUs
  const rate = rates.findLast((one) => THE_TWO.some((scheme) => of(scheme, one)))
  if (rate === undefined) return null
  // What changed in method between runs is nothing that hours of the machine differ by.
  const { alike } = alikeRuns(published.filter((one) => isSameMachine(run.run, one.run)))
  const others = alike.filter((one) => one.run.id !== run.run.id)
  const between = taxBetween(others)
  if (!between) {
    return (
      'Intervals are those of this run alone. What other hours of this machine would say is not known: that takes published runs of ' +
      `it from ${LEAST_OCCASIONS} occasions, hours apart.`
    )
  }
  const told = THE_TWO.flatMap((scheme) => {
    const tax = of(scheme, rate)
    return tax ? [`${scheme} ${withRange(widenedTax(tax, between), us)} µs`] : []
  })
  return (
    `Of this machine, whatever the hour, at ${figure(rate)}/s: ${list(told)}: widened by what ${counted(others.length, 'published run')} ` +
    'of it differ by.'
  )
}
