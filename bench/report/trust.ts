/** What a reader needs in order to trust a run: its rules, what they rejected, its blocks and its own error. */
import { sloText } from '../experiments/latency/tables.ts'
import { ROLES } from '../experiments/roles.ts'
import { armsIn } from '../figures/records.ts'
import type { Estimate, Rules, Run, Warning } from '../record/types.ts'
import { groupedBy } from '../stats/groups.ts'
import { ABSENT, counted, figure, percent, styles, withInterval } from '../words/format.ts'
import { type Table, tableOf } from '../words/tables.ts'
import { meaning } from '../words/warnings.ts'
import type { Summary } from './schema.ts'

/** In sentences, what was fixed before anything was measured. */
export function rulesText({ rules, plan }: Run): string {
  if (!rules)
    return 'This run is from before there were rules: no bound fixed beforehand rejected any of its trials.'
  const { slo, repeatsPerTrial, repeatsShare, precision, minBlocks } = rules
  return [
    'Fixed in `run.json` before anything was measured.',
    ...(plan.some(({ arm }) => arm.load.loop === 'open') ? [`SLO: ${sloText(slo)}.`] : []),
    `A rejected trial is kept, and measured again at most ${times(repeatsPerTrial)}; repeats of the whole run are`,
    `at most ${percent(repeatsShare)} of its trials.`,
    precision === null
      ? 'No experiment ends before its planned blocks.'
      : `After ${counted(minBlocks, 'block')} an experiment ends early when each interval is within ${percent(precision)} of its value, wherever that value lies.`,
  ].join(' ')
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`
}

const actions = { reject: 'rejected', withhold: 'no throughput', flag: 'flagged' } as const

/** Each gate with its bound. */
export function gatesTable(rules: Rules | null): Table {
  return tableOf(rules?.gates ?? [], {
    rule: ({ id }) => id,
    bound: ({ limit, unit }) => `${Number(limit.toPrecision(3))} ${unit}`,
    'closed loop': ({ closedLoop }) => (closedLoop ? actions[closedLoop] : ABSENT),
    'open loop': ({ openLoop }) => (openLoop ? actions[openLoop] : ABSENT),
    why: ({ why }) => why,
  })
}

/** How many trials were rejected for what. */
export function reasonsTable({ rejected }: Summary): Table {
  const reasons = [...groupedBy(rejected, ({ reason }) => reason)]
  return tableOf(
    reasons.sort(([, a], [, b]) => b.length - a.length),
    {
      records: ([, own]) => String(own.length),
      reason: ([reason]) => reason,
      trials: ([, own]) => named(own.map(({ trial }) => trial)),
    },
  )
}

/** Few by name; `trials.jsonl` has them all. */
function named(trials: readonly string[]): string {
  const different = [...new Set(trials)]
  if (different.length <= 4) return different.join(', ')
  return `${different.slice(0, 3).join(', ')} and ${different.length - 3} more`
}

/** Each warning of the run with what it means and where it was raised. */
export function warningsTable(summary: Summary): Table {
  const arms = armsOf(summary)
  const names = [...new Set(arms.flatMap(({ warnings }) => warnings))].sort()
  return tableOf(names, {
    warning: (name) => name,
    'what it means': (name) => meaning[name],
    where: (name) => where(name, arms),
  })
}

/** Every arm that has figures, with the warnings of all of them. */
function armsOf({ arms, latency, distance }: Summary) {
  const ofEstimates = (estimates: readonly (Estimate | null)[]) =>
    estimates.flatMap((estimate) => estimate?.warnings ?? [])
  return [
    ...arms.map(({ arm: { id, experiment }, metrics, warnings }) => ({
      id,
      experiment,
      warnings: [...warnings, ...ofEstimates(Object.values(metrics))],
    })),
    ...latency.map(({ scheme, rungs, capacityPerSec }) => ({
      id: `${ROLES.latency}/${scheme}`,
      experiment: ROLES.latency,
      warnings: ofEstimates([...rungs.map(({ p99Us }) => p99Us), capacityPerSec]),
    })),
    ...distance
      .flatMap(({ levels }) => levels)
      .map(({ arm, rungs }) => ({
        id: arm,
        experiment: ROLES.distance,
        warnings: ofEstimates(rungs.map(({ p99Us }) => p99Us)),
      })),
  ]
}

/** Few arms by name, many by experiment. */
function where(warning: Warning, arms: ReturnType<typeof armsOf>): string {
  const flagged = arms.filter(({ warnings }) => warnings.includes(warning))
  if (flagged.length <= 3) return flagged.map(({ id }) => id).join(', ')
  const experiments = [...new Set(arms.map(({ experiment }) => experiment))]
  const parts = experiments.flatMap((name) => {
    const own = (some: typeof arms) => some.filter(({ experiment }) => experiment === name).length
    return own(flagged) > 0 ? [`${name}: ${own(flagged)} of ${own(arms)} arms`] : []
  })
  return parts.join('; ')
}

/** Figures without the rejected trials and with them. */
export function agreementTable({ withRejected }: Summary): Table {
  return tableOf(withRejected, {
    arm: ({ arm }) => arm,
    figure: ({ metric, without }) => `${metric}, ${without.unit}`,
    'without the rejected': ({ without }) => withInterval(without),
    'with them': ({ with: all }) => withInterval(all),
    agree: ({ agrees }) => (agrees ? 'yes' : '**no**'),
  })
}

/** What the table above comes to, in a sentence; null where nothing was rejected. */
export function agreementText({ withRejected, rejected }: Summary): string | null {
  if (rejected.length === 0) return null
  if (withRejected.length === 0)
    return 'No arm has both valid trials and rejected ones with a measurement, so figures cannot be computed both ways.'
  const apart = withRejected.filter(({ agrees }) => !agrees)
  const figures = counted(withRejected.length, 'figure')
  return apart.length === 0
    ? `With the rejected trials, each of these ${figures} would lie inside its interval without them: the ` +
        'rejections did not make the result.'
    : `**Warning:** ${apart.length} of these ${figures} would differ with the rejected trials: the result rests ` +
        'on the rules that rejected them.'
}

export function blocksTable({ blocks }: Summary): Table {
  return tableOf(blocks, {
    experiment: ({ experiment }) => experiment,
    'blocks planned': ({ planned }) => String(planned),
    measured: ({ measured }) => String(measured),
    'ended early': ({ stoppedEarly }) => (stoppedEarly ? 'yes, precise enough' : 'no'),
  })
}

/** The second control against the first, and how much equal trials vary. */
export function ownErrorTable({ aa }: Summary): Table {
  const head = [
    'figure of the control',
    'second ÷ first',
    'difference',
    'coefficient of variation of equal trials',
  ]
  if (!aa) return { head, rows: [] }
  const { throughputRatio, throughputVariation, cpuRatio, cpuDifferenceUs, cpuVariation } = aa
  const difference = `${withInterval(cpuDifferenceUs, styles.added)} µs`
  return {
    head,
    rows: [
      ['throughput', withInterval(throughputRatio), ABSENT, variation(throughputVariation)],
      ['CPU a request', withInterval(cpuRatio), difference, variation(cpuVariation)],
    ],
  }
}

const variation = (share: number) => `${figure(share * 100)} %`

/** Evidence behind each comparison with the control: p, and the smallest effect that could have been shown. */
export function evidenceTable({ arms }: Summary): Table {
  const rows = armsIn(arms, ROLES.cost).flatMap(({ arm, authTaxUs: tax, throughputVsControl: share }) => {
    const either = tax ?? share
    return either ? [{ scheme: arm.scheme, tax, share, n: either.estimate.n }] : []
  })
  return tableOf(rows, {
    arm: ({ scheme }) => scheme,
    'auth tax: p': ({ tax }) => probability(tax?.p),
    'detectable from, CPU µs/request': ({ tax }) => (tax?.detectable ? figure(tax.detectable) : ABSENT),
    'throughput: p': ({ share }) => probability(share?.p),
    'detectable from': ({ share }) => (share?.detectable ? `± ${percent(share.detectable)}` : ABSENT),
    blocks: ({ n }) => String(n),
  })
}

function probability(p: number | null | undefined): string {
  if (p === null || p === undefined) return ABSENT
  return p < 0.001 ? '< 0.001' : p.toFixed(3)
}
