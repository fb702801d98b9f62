import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { acrossCharts, catalogueMarkdown, chartPath, claimsPlace } from '../compare/catalogue.ts'
import { byMachine, claimsByRun } from '../compare/verdicts.ts'
import { trialRows } from '../figures/rows.ts'
import { buildCatalogue } from '../page/build.ts'
import { publishedFolders, readRun, resultsFolder } from '../record/run-dir.ts'
import { summarize } from '../report/summarize.ts'
import { toSvg } from '../words/charts/svg.ts'
import { replaceBetween } from './readme.ts'
import { writeFiles, writeReport } from './write-report.ts'

export async function refreshPublished(): Promise<void> {
  for (const folder of await publishedFolders()) {
    const { run, results } = await readRun(folder)
    await writeReport(folder, run, results)
  }
  await refreshCatalogue()
  console.log('results/ is in step with the records of its published runs')
}

/** The files of `results/` about all published runs, by their names. */
export async function catalogueFiles(): Promise<Record<string, string>> {
  const stored = await Promise.all((await publishedFolders()).map((folder) => readRun(folder)))
  const runs = stored.map(({ run, results }) => ({ run, rows: trialRows(run, results) }))
  const machines = byMachine(
    stored.map(({ run, results }) => ({ run, claims: summarize(run, results).claims })),
  )
  const readme = await readFile(path.join(resultsFolder, 'README.md'), 'utf8')
  const charts = acrossCharts(runs).map(({ name, drawing }) => [chartPath({ name }), toSvg(drawing)] as const)
  return {
    'README.md': replaceBetween(
      replaceBetween(readme, 'runs', catalogueMarkdown(runs)),
      'claims',
      claimsByRun(machines, claimsPlace('report.md')).join('\n\n'),
    ),
    'index.html': await buildCatalogue(runs, machines),
    ...Object.fromEntries(charts),
  }
}

export async function refreshCatalogue(): Promise<void> {
  await writeFiles(resultsFolder, await catalogueFiles())
}
