import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { acrossCharts, catalogueMarkdown, chartPath } from '../compare/catalogue.ts'
import { buildCatalogue } from '../page/build.ts'
import { publishedFolder, readRun, resultsFolder } from '../record/run-dir.ts'
import { toSvg } from '../words/charts/svg.ts'
import { comparableRun } from './compare.ts'
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
  const runs = await Promise.all((await publishedFolders()).map(comparableRun))
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
  const entries = await readdir(publishedFolder, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory())
  return folders.map(({ name }) => path.join(publishedFolder, name)).sort()
}
