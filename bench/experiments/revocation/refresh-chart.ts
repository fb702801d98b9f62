/** What renewing access tokens costs a user-hour, against how long a revoked one is accepted. */
import type { Run } from '../../record/types.ts'
import { rising } from '../../stats/groups.ts'
import { provenance } from '../../words/charts/axes.ts'
import { said, schemeLine, verticalWhiskers } from '../../words/charts/marks.ts'
import { ink } from '../../words/charts/palette.ts'
import { inPanel } from '../../words/charts/panels.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { counted, figure } from '../../words/format.ts'
import type { Summary } from './schema.ts'

type Entry = Summary['refresh'][number]

const HEIGHT = 360

/** Null where no refresh was measured. */
export function refreshChart(run: Run, summary: Summary): Drawing | null {
  const entries = summary.refresh.filter(({ curve }) => curve.length > 0)
  const points = entries.flatMap(({ curve }) => curve)
  if (points.length === 0) return null
  const lifetimes = rising(points.map(({ lifetimeMin }) => lifetimeMin))
  const costs = points.map(({ cpuMsPerHour }) => cpuMsPerHour)
  const room = { left: 76, right: 136, top: 84, bottom: 56 }
  const option = inPanel(room, {
    x: {
      type: 'log',
      name: 'how long a revoked access token is accepted, minutes',
      min: 0.8,
      max: 75,
      ticks: lifetimes,
    },
    y: {
      type: 'log',
      name: 'extra CPU, ms a user-hour',
      nameLocation: 'middle',
      nameGap: 48,
      min: powerOfTen(Math.min(...costs.map(({ lo }) => lo)), Math.floor),
      max: powerOfTen(Math.max(...costs.map(({ hi }) => hi)), Math.ceil),
    },
    series: entries.flatMap((entry) => [
      lineOf(entry),
      verticalWhiskers(entry.curve.map(({ lifetimeMin, cpuMsPerHour }) => [lifetimeMin, cpuMsPerHour])),
    ]),
  })
  const note =
    'computed from the CPU of one refresh, for a user who is active all the time · both axes logarithmic'
  return drawing(titleOf(entries), [provenance(run, costs), note], option, HEIGHT)
}

const powerOfTen = (value: number, round: (exponent: number) => number) => 10 ** round(Math.log10(value))

function lineOf({ scheme, curve }: Entry) {
  // Above the line, which falls to the right.
  const place = { show: true, position: 'right' as const, offset: [0, -10], color: ink.text, fontSize: 12 }
  const points = curve.map(({ lifetimeMin, requestsPerHour, cpuMsPerHour }) => {
    const { value } = cpuMsPerHour
    const formatter = `${counted(requestsPerHour, 'request')}, ${figure(value)} ms`
    const name = said(
      scheme,
      `accepted for ${counted(lifetimeMin, 'minute')}`,
      cpuMsPerHour,
      'ms a user-hour',
    )
    return { name, value: [lifetimeMin, value], label: { ...place, formatter } }
  })
  return schemeLine(scheme, points, { name: scheme })
}

function titleOf(entries: readonly Entry[]): string {
  const [first] = entries
  const [shortest, longest] = [first?.curve[0], first?.curve.at(-1)]
  if (!first || !shortest || !longest) return 'What renewing access tokens costs'
  return (
    `Access tokens of ${counted(shortest.lifetimeMin, 'minute')} cost a user-hour ${figure(shortest.cpuMsPerHour.value)} ms of CPU, ` +
    `of ${counted(longest.lifetimeMin, 'minute')} ${figure(longest.cpuMsPerHour.value)} (${first.scheme})`
  )
}
