import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { acrossCharts, catalogueMarkdown, chartPath, claimsPlace } from '../compare/catalogue.ts'
import { byMachine, claimsByRun } from '../compare/verdicts.ts'
import { runWithRows } from '../figures/rows.ts'
import { buildCatalogue } from '../page/build.ts'
import { resultsFolder } from '../record/run-dir.ts'
import { summarize } from '../report/summarize.ts'
import { toSvg } from '../words/charts/svg.ts'
import { readPublished } from './read-published.ts'
import { replaceBetween } from './readme.ts'
import { writeFiles, writeReport } from './write-report.ts'

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
      replaceBetween(readme, 'runs', catalogueMarkdown(runs, unread)),
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
