/** Files that a reader hands over, as runs; or for each that is none, one sentence that says why. */
import { type RunWithRows, runWithRows } from '../../figures/rows.ts'
import { parseRecord, parseTrials } from '../../record/parse.ts'
import { SCHEMA_VERSION } from '../../record/schema/basics.ts'
import { runSchema } from '../../record/schema/run.ts'
import { fromPage, gunzipped, Unreadable } from './open.ts'

interface Found {
  runs: RunWithRows[]
  problems: string[]
}

/** Pages by themselves; `run.json` with its `trials.jsonl`, which says nothing alone. */
export async function readDropped(files: readonly File[]): Promise<Found> {
  const called = (ending: RegExp) => files.filter(({ name }) => ending.test(name))
  const [pages, plans, trials] = [called(/\.html?$/i), called(/\.json$/i), called(/\.jsonl(\.gz)?$/i)]
  const strangers = files.filter((file) => ![...pages, ...plans, ...trials].includes(file))
  const found: Found = { runs: [], problems: strangers.map(({ name }) => `${name}: no run; ${WANTED}.`) }
  for (const page of pages) await attempt(found, page.name, () => pageRun(page))
  const [plan, ...more] = plans
  const [log] = trials
  if (more.length > 0 || trials.length > 1) {
    found.problems.push(
      'Several runs at once can only be dropped as report.html, since their files have the same names.',
    )
  } else if (plan && log) await attempt(found, plan.name, () => rawRun(plan, log))
  else if (plan) found.problems.push(`${plan.name}: its trials.jsonl is missing; drop both together.`)
  else if (log) found.problems.push(`${log.name}: its run.json is missing; drop both together.`)
  return found
}

const WANTED = 'drop a report.html, or the run.json and trials.jsonl of a run'

async function attempt(found: Found, name: string, read: () => Promise<RunWithRows>): Promise<void> {
  try {
    found.runs.push(await read())
  } catch (error) {
    const { message } = error as Error
    found.problems.push(`${message.includes(name) ? '' : `${name}: `}${message}.`)
  }
}

async function pageRun(file: File): Promise<RunWithRows> {
  const { schemaVersion = 0, run, rows, overLoad, pairs = [] } = await fromPage(await file.text())
  if (schemaVersion > SCHEMA_VERSION) {
    throw new Unreadable(
      `it was made by a newer authscale (schema ${schemaVersion}; this page reads ${SCHEMA_VERSION}): make this page anew with it`,
    )
  }
  if (schemaVersion < SCHEMA_VERSION || !run || !rows || !overLoad) {
    throw new Unreadable('it was made by an older authscale: make it anew with npm run report')
  }
  if (rows.length === 0) throw new Unreadable('the run has no trials')
  return { run, rows, overLoad, pairs }
}

async function rawRun(plan: File, log: File): Promise<RunWithRows> {
  const run = parseRecord(runSchema, await plan.text(), plan.name)
  const text = log.name.endsWith('.gz')
    ? await gunzipped(new Blob([await log.arrayBuffer()])).catch((cause) => {
        throw new Unreadable(`${log.name} is damaged`, { cause })
      })
    : await log.text()
  const { results } = parseTrials(text, log.name)
  if (results.length === 0) throw new Unreadable('the run has no trials')
  const planned = new Set(run.plan.map(({ id }) => id))
  if (!results.every(({ trial }) => planned.has(trial.id))) {
    throw new Unreadable(`${log.name} is not of this run`)
  }
  return runWithRows(run, results)
}
