import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { schemeNames } from '../../../servers/scheme.ts'
import { alikeRuns } from '../../compare/alike.ts'
import { acrossCharts, catalogueMarkdown, chartPath, claimsPlace } from '../../compare/catalogue.ts'
import { byMachine, claimsByRun } from '../../compare/verdicts.ts'
import { basisOf } from '../../decide/basis.ts'
import { choiceText } from '../../decide/sentences.ts'
import { CONTROL } from '../../figures/records.ts'
import { type RunWithRows, runWithRows } from '../../figures/rows.ts'
import { buildCatalogue } from '../../page/build.ts'
import { type Planning, planningFrom } from '../../page/page-data.ts'
import { publishedFolder, resultsFolder } from '../../places.ts'
import type { Run } from '../../record/types.ts'
import type { Summary } from '../../report/schema.ts'
import { summarize } from '../../report/summarize.ts'
import type { Trade } from '../../trade/schema.ts'
import { heldText } from '../../verify/plans/table.ts'
import { toSvg } from '../../words/charts/svg.ts'
import { counted, machine } from '../../words/format.ts'
import { newestPlanCheck, sourceIn } from '../plan-source.ts'
import { writeFiles, writeReport } from '../write-report.ts'
import { replaceBetween } from './documents.ts'
import { readPublished } from './read-published.ts'

export async function refreshPublished(): Promise<void> {
  const { read, unread } = await readPublished()
  for (const { folder, stored } of read) {
    await writeReport(folder, stored.run, stored.results)
  }
  await refreshCatalogue()
  if (unread.length > 0) {
    for (const { name, reason } of unread) console.error(`error: ${name} is left out: ${reason}`)
    process.exitCode = 1
    return
  }
  console.log('results/ is in step with the records of its published runs')
}

/** The files of `results/` about all published runs, by their names. */
export async function catalogueFiles(): Promise<Record<string, string>> {
  const { read, unread } = await readPublished()
  const judged = read.map(({ stored: { run, results } }) => ({
    run,
    results,
    summary: summarize(run, results),
  }))
  const runs = judged.map(({ run, results, summary }) => runWithRows(run, results, summary.costCurves))
  const machines = byMachine(judged.map(({ run, summary: { claims } }) => ({ run, claims })))
  const readme = await readFile(path.join(resultsFolder, 'README.md'), 'utf8')
  const charts = acrossCharts(runs).map(({ name, drawing }) => [chartPath({ name }), toSvg(drawing)] as const)
  return {
    'README.md': replaceBetween(
      replaceBetween(readme, 'runs', [
        ...choiceOf(runs, guaranteesOf(judged).trade),
        catalogueMarkdown(runs, unread),
      ]),
      'claims',
      claimsByRun(machines, claimsPlace('report.md')),
    ),
    'index.html': await buildCatalogue(runs, machines, {
      ...guaranteesOf(judged),
      planning: await planningOver(runs),
    }),
    ...Object.fromEntries(charts),
  }
}

function choiceOf(runs: readonly RunWithRows[], trade: Trade): string[] {
  const basis = basisOf(runs)
  return basis ? [choiceText(basis, { trade })].flatMap((text) => text ?? []) : []
}

/** By the planner from the runs that the choice is from. */
async function planningOver(runs: readonly RunWithRows[]): Promise<Planning> {
  const alike = alikeRuns(runs).alike.map(({ run }) => run)
  const main = alike.at(-1)
  if (!main) return planningFrom([], '', null)
  const folders = alike.map(({ id }) => path.join(publishedFolder, id))
  const schemes = schemeNames.filter(
    (scheme) => scheme !== CONTROL && main.plan.some(({ arm }) => arm.scheme === scheme),
  )
  const asked = { hasState: false, hasDistance: false, isIssued: false, byCpuAlone: false }
  const { evidence } = await sourceIn(folders, schemes, asked)
  const check = await newestPlanCheck(runs.map(({ run: { id } }) => path.join(publishedFolder, id)))
  const from = `${counted(alike.length, 'run')} of ${machine(main.environment)}`
  return planningFrom(evidence, from, check && heldText(check.check))
}

/** Of the newest run that measured any. */
function guaranteesOf(judged: readonly { run: Run; summary: Summary }[]) {
  const [newest] = judged
    .filter(({ summary }) => summary.trade.length > 0)
    .toSorted((a, b) => Date.parse(b.run.startedAt) - Date.parse(a.run.startedAt))
  return { trade: newest?.summary.trade ?? [], tradeFrom: newest?.run.id ?? null }
}

export async function refreshCatalogue(): Promise<void> {
  await writeFiles(resultsFolder, await catalogueFiles())
}
