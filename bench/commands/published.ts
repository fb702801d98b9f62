import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { acrossCharts, catalogueMarkdown, chartPath } from '../compare/catalogue.ts'
import { buildCatalogue } from '../page/build.ts'
import { readRun, resultsFolder } from '../record/run-dir.ts'
import { toSvg } from '../words/charts/svg.ts'
import { replaceBetween } from './readme.ts'
import { pageRunIn } from './stored-run.ts'
import { writeFiles, writeReport } from './write-report.ts'

export async function refreshPublished(): Promise<void> {
  for (const folder of await publishedFolders()) {
    const { run, results: records } = await readRun(folder)
    await writeReport(folder, run, records)
  }
  await refreshCatalogue()
  console.log('results/ is in step with the records of its published runs')
}

/** The files of `results/` about all published runs, by their names. */
export async function catalogueFiles(): Promise<Record<string, string>> {
  const runs = await Promise.all((await publishedFolders()).map(pageRunIn))
  const readme = await readFile(path.join(resultsFolder, 'README.md'), 'utf8')
  const charts = acrossCharts(runs).map(({ name, drawing }) => [chartPath({ name }), toSvg(drawing)] as const)
  return {
    'README.md': replaceBetween(readme, 'runs', catalogueMarkdown(runs)),
    'index.html': await buildCatalogue(runs),
    ...Object.fromEntries(charts),
  }
}

export async function refreshCatalogue(): Promise<void> {
  await writeFiles(resultsFolder, await catalogueFiles())
}

async function publishedFolders(): Promise<string[]> {
  const published = path.join(resultsFolder, 'published')
  const entries = await readdir(published, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(published, name))
    .sort()
}
