/** What a reader needs in order to trust a run: its rules, what they rejected, its blocks and its own error. */
import { sloText } from '../experiments/latency/tables.ts'
import { ROLES } from '../experiments/roles.ts'
import type { Estimate, Rules, Run, Warning } from '../record/types.ts'
import { ABSENT, counted, figure, percent, styles, withInterval } from '../words/format.ts'
import type { Table } from '../words/tables.ts'
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
  return {
    head: ['rule', 'bound', 'closed loop', 'open loop', 'why'],
    rows: (rules?.gates ?? []).map(({ id, limit, unit, closedLoop, openLoop, why }) => [
      id,
      `${Number(limit.toPrecision(3))} ${unit}`,
      closedLoop ? actions[closedLoop] : ABSENT,
      openLoop ? actions[openLoop] : ABSENT,
      why,
    ]),
  }
}

/** How many trials were rejected for what. */
export function reasonsTable({ rejected }: Summary): Table {
  const reasons = [...new Set(rejected.map(({ reason }) => reason))]
  const of = (reason: string) => rejected.filter((one) => one.reason === reason)
  return {
    head: ['records', 'reason', 'trials'],
    rows: reasons
      .toSorted((a, b) => of(b).length - of(a).length)
      .map((reason) => [String(of(reason).length), reason, named(of(reason).map(({ trial }) => trial))]),
  }
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
  return {
    head: ['warning', 'what it means', 'where'],
    rows: names.map((name) => [name, meaning[name], where(name, arms)]),
  }
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
  return {
    head: ['arm', 'figure', 'without the rejected', 'with them', 'agree'],
    rows: withRejected.map(({ arm, metric, without, with: all, agrees }) => [
      arm,
      `${metric}, ${without.unit}`,
      withInterval(without),
      withInterval(all),
      agrees ? 'yes' : '**no**',
    ]),
  }
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
  return {
    head: ['experiment', 'blocks planned', 'measured', 'ended early'],
    rows: blocks.map(({ experiment, planned, measured, stoppedEarly }) => [
      experiment,
      String(planned),
      String(measured),
      stoppedEarly ? 'yes, precise enough' : 'no',
    ]),
  }
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
  return {
    head: [
      'arm',
      'auth tax: p',
      'detectable from, CPU µs/request',
      'throughput: p',
      'detectable from',
      'blocks',
    ],
    rows: arms
      .filter(({ arm }) => arm.experiment === ROLES.cost)
      .filter(({ authTaxUs, throughputVsControl }) => authTaxUs ?? throughputVsControl)
      .map(({ arm, authTaxUs, throughputVsControl }) => [
        arm.scheme,
        probability(authTaxUs?.p),
        authTaxUs?.detectable ? figure(authTaxUs.detectable) : ABSENT,
        probability(throughputVsControl?.p),
        throughputVsControl?.detectable ? `± ${percent(throughputVsControl.detectable)}` : ABSENT,
        String((authTaxUs ?? throughputVsControl)?.estimate.n ?? 0),
      ]),
  }
}

function probability(p: number | null | undefined): string {
  if (p === null || p === undefined) return ABSENT
  return p < 0.001 ? '< 0.001' : p.toFixed(3)
}
