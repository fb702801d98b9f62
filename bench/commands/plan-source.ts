/** The runs that a plan is made from: those of one machine that can carry it, the newest first. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { isSchemeName, type SchemeName } from '../../servers/scheme.ts'
import { isAlike } from '../compare/alike.ts'
import { AuthscaleError } from '../errors.ts'
import { failoverSentences, hasFailover } from '../experiments/faults/failover.ts'
import { RENEWING, ROLES } from '../experiments/roles.ts'
import { publishedFolder, resultsFolder } from '../places.ts'
import { tooFewBlocks } from '../plan/capacity.ts'
import { type Evidence, evidenceOf, isMeantFor, type Measured, partFor } from '../plan/evidence.ts'
import { filledIssuing, issuingOf, issuingPart } from '../plan/issuing.ts'
import { pooledRuns } from '../plan/pooled.ts'
import { PLAN_CHECK_FILE, readPlanCheck, readPlansIn, readRun, type StoredRun } from '../record/run-dir.ts'
import type { PlanCheck, Run } from '../record/types.ts'
import { summarize } from '../report/summarize.ts'

/** Runs of one machine in their folders, with what they say together of each scheme that is planned for. */
export interface Source {
  folders: string[]
  run: Run
  /** Ids of all of them. */
  ids: string[]
  curves: Measured['costCurves']
  evidence: (Evidence | string)[]
}

/** @throws AuthscaleError as `readRun` */
export async function sourceIn(
  folders: readonly string[],
  schemes: readonly SchemeName[],
  asked: Asked,
): Promise<Source> {
  const parts = await Promise.all(
    folders.map(async (folder) => partFor(await readOnce(folder), schemes, asked)),
  )
  const { run, results } = pooledRuns(parts)
  const summary = summarize(run, results)
  const own = schemes.map((scheme) => evidenceOf(run, summary, results, scheme, asked))
  const evidence = asked.isIssued ? await withIssuing(own, run) : own
  return {
    folders: [...folders],
    run,
    ids: parts.map((part) => part.run.id),
    curves: summary.costCurves,
    evidence,
  }
}

/** With logins and refreshes of the newest run of the machine that measured them, where these runs did not. */
async function withIssuing(
  evidence: (Evidence | string)[],
  { environment }: Run,
): Promise<(Evidence | string)[]> {
  const isComplete = (one: Evidence | string) =>
    typeof one === 'string' || (one.issuing.login !== null && one.issuing.hashUs !== null && hasRefresh(one))
  if (evidence.every(isComplete)) return evidence
  const { cpuModel, cores } = environment
  const [newest] = (await finishedRuns()).filter(
    ({ run }) =>
      run.environment.cpuModel === cpuModel &&
      run.environment.cores === cores &&
      run.plan.some(({ arm }) => arm.experiment === ROLES.login),
  )
  const stored = newest && (await readable(readOnce(newest.folder)))
  if (!stored) return evidence
  const { run, results } = issuingPart(stored)
  const summary = summarize(run, results)
  const from = path.basename(newest.folder)
  return evidence.map((one) => {
    if (typeof one === 'string' || !isSchemeName(one.scheme)) return one
    return { ...one, issuing: filledIssuing(one.issuing, issuingOf(summary, one.scheme), from) }
  })
}

/** Where there is any. */
const hasRefresh = ({ scheme, issuing }: Evidence) => scheme !== RENEWING || issuing.refresh !== null

/** Own ones and published ones, the newest first. */
async function finishedRuns() {
  const plans = [...(await readPlansIn(resultsFolder)), ...(await readPlansIn(publishedFolder))]
  return plans
    .filter(({ run }) => run.finishedAt !== null && run.profile !== 'smoke')
    .sort((a, b) => Date.parse(b.run.startedAt) - Date.parse(a.run.startedAt))
}

/** What a plan takes beside the cost, latency and memory of a run. */
export interface Asked {
  hasState: boolean
  hasDistance: boolean
  /** Whether logins and refreshes count. */
  isIssued: boolean
  /** Whether no latency is asked for. */
  byCpuAlone: boolean
}

/** The command that measures what a plan needs. */
function measuring(
  schemes: readonly SchemeName[],
  { hasState, hasDistance }: Pick<Asked, 'hasState' | 'hasDistance'>,
): string {
  if (!hasState && !hasDistance) return 'npm run bench'
  const more = [...(hasState ? ['payload'] : []), ...(hasDistance ? ['rtt'] : [])].join(',')
  return `npm run bench -- --only cost,latency,users,${more} --schemes ${schemes.join(',')} --trials 5`
}

/**
 * All runs of one machine and method, of the newest that can carry the plan: own ones, else published ones. Those with too few blocks
 * only where there are no others.
 */
export async function newestFor(schemes: readonly SchemeName[], asked: Asked): Promise<Source> {
  const { hasState, hasDistance } = asked
  const carries = (found: Evidence | string) =>
    typeof found !== 'string' &&
    (!hasState || found.state !== null) &&
    (!hasDistance || found.redis === null || found.roundTrips !== null)
  const isCandidate = (run: Run) =>
    run.finishedAt !== null &&
    run.profile !== 'smoke' &&
    schemes.every((scheme) => isMeantFor(run, scheme, hasState, asked))
  let fallback: Source | undefined
  for (const parent of [resultsFolder, publishedFolder]) {
    const candidates = (await readPlansIn(parent))
      .filter(({ run }) => isCandidate(run))
      .sort((a, b) => Date.parse(b.run.startedAt) - Date.parse(a.run.startedAt))
    for (const { run } of candidates) {
      const alike = candidates.filter((other) => isAlike(other.run, run)).toReversed()
      const source = await readable(
        sourceIn(
          alike.map(({ folder }) => folder),
          schemes,
          asked,
        ),
      )
      if (!source?.evidence.every(carries)) continue
      if (
        asked.byCpuAlone ||
        source.evidence.every((found) => typeof found !== 'string' && tooFewBlocks(found) === null)
      )
        return source
      fallback ??= source
    }
  }
  if (fallback) return fallback
  const command = measuring(schemes, asked)
  throw new AuthscaleError(
    'NO_EVIDENCE',
    `no finished run under results/ can carry this plan: ${command} measures what it needs`,
  )
}

/** What a failover did to the users of a scheme, and in which run. */
export interface Failover {
  scheme: string
  run: string
  sentences: string[]
}

/** Of each scheme from the newest run in which one was tried, own ones before published ones; nothing for others. */
export async function failoversFor(schemes: readonly string[]): Promise<Failover[]> {
  if (schemes.length === 0) return []
  const newest = await finishedRuns()
  const found = schemes.flatMap((scheme) => {
    const entry = newest.find(({ run }) => hasFailover(run, scheme))
    return entry ? [{ scheme, folder: entry.folder }] : []
  })
  const folders = [...new Set(found.map(({ folder }) => folder))]
  const read = new Map(
    await Promise.all(folders.map(async (folder) => [folder, await readable(readOnce(folder))] as const)),
  )
  return found.flatMap(({ scheme, folder }) => {
    const stored = read.get(folder)
    const sentences = stored ? failoverSentences(stored.run, stored.results, scheme) : []
    return sentences.length > 0 ? [{ scheme, run: path.basename(folder), sentences }] : []
  })
}

/** The newest check of plans that lies in one of these folders of runs; null where none does that can be read. */
export async function newestPlanCheck(
  folders: readonly string[],
): Promise<{ folder: string; check: PlanCheck } | null> {
  const all = await Promise.all(
    folders
      .filter((folder) => existsSync(path.join(folder, PLAN_CHECK_FILE)))
      .map(async (folder) => ({ folder, check: await readPlanCheck(folder) })),
  )
  const [newest] = all.sort((a, b) => Date.parse(b.check.startedAt) - Date.parse(a.check.startedAt))
  return newest ?? null
}

/** A run may be what a plan is from, and what it knows of logins and of failovers as well. */
const known = new Map<string, Promise<StoredRun>>()

function readOnce(folder: string): Promise<StoredRun> {
  const reading = known.get(folder) ?? readRun(folder)
  known.set(folder, reading)
  return reading
}

/** Null for a run whose trials cannot be read. */
async function readable<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof AuthscaleError) return null
    throw error
  }
}
