/** What every experiment has to say, by its name, in the order of the report. */
import type { CoreSummary, SummaryWith } from '../figures/schema.ts'
import type { Run } from '../record/types.ts'
import type { ChartLink, Section } from '../words/section.ts'
import { report as anomalies } from './anomalies/report.ts'
import { report as browser } from './browser/report.ts'
import { report as cost } from './cost/report.ts'
import { report as counterfeits } from './counterfeits/report.ts'
import { report as faults } from './faults/report.ts'
import { report as journey } from './journey/report.ts'
import { report as knobs } from './knobs/report.ts'
import { report as latency } from './latency/report.ts'
import { report as login } from './login/report.ts'
import { report as payload } from './payload/report.ts'
import { report as replicas } from './replicas/report.ts'
import type { Chart, ExperimentReport, Recorded, Topic } from './report.ts'
import { report as revocation } from './revocation/report.ts'
import { report as rtt } from './rtt/report.ts'
import { report as timing } from './timing/report.ts'
import { report as tls } from './tls/report.ts'
import { report as upgrades } from './upgrades/report.ts'
import { report as users } from './users/report.ts'

const reports = {
  upgrades,
  cost,
  latency,
  replicas,
  users,
  login,
  journey,
  payload,
  rtt,
  tls,
  knobs,
  revocation,
  anomalies,
  browser,
  faults,
  counterfeits,
  timing,
}

type Reports = typeof reports
type All<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer Every) => void
  ? Every
  : never
/** The parts of all experiments together. */
type Parts = All<Reports[keyof Reports]['part']>

/** All that a run measured: what is judged of it comes on top. */
export type MeasuredSummary = SummaryWith<Parts>

/** What holds for each of them, whichever it is. */
type AnyReport = Pick<ExperimentReport<Parts>, 'topic' | 'sections' | 'charts'> & {
  summarize(recorded: Recorded): object
}
const all: readonly (readonly [string, AnyReport])[] = Object.entries(reports)

export const measuredParts = Object.assign({}, ...Object.values(reports).map(({ part }) => part)) as Parts

/** The parts of a summary, each from the experiment that it is about. */
export function summarizeParts(recorded: Recorded): Omit<MeasuredSummary, keyof CoreSummary> {
  return Object.assign({}, ...all.map(([, { summarize }]) => summarize(recorded)))
}

/** The sections of all experiments, each with the name of its own and with its topic. */
export function experimentSections(
  summary: MeasuredSummary,
  run: Run,
  chart: ChartLink,
): { experiment: string; topic: Topic; section: Section }[] {
  return all.flatMap(([experiment, { topic, sections }]) =>
    sections(summary, run, chart).flatMap((section) => (section ? [{ experiment, topic, section }] : [])),
  )
}

/** The charts of all experiments by their names. */
export const experimentCharts: Readonly<Record<string, Chart<MeasuredSummary> & { experiment: string }>> =
  Object.fromEntries(
    all.flatMap(([experiment, { charts }]) =>
      Object.entries(charts).map(([name, chart]) => [name, { experiment, ...chart }]),
    ),
  )
