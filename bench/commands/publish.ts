/** A run among the published ones, what is derived from all of them, and what the README shows of them. */

import { existsSync } from 'node:fs'
import { cp, readdir, readFile, rm } from 'node:fs/promises'
import { homedir, hostname, userInfo } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { acrossCharts, catalogueMarkdown, chartPath } from '../compare/catalogue.ts'
import { AuthscaleError } from '../errors.ts'
import { buildCatalogue } from '../page/build.ts'
import { pictureOf } from '../page/picture.ts'
import { writeFileDurably } from '../record/durable.ts'
import {
  createRunDir,
  LOAD_CHECK_FILE,
  PAGE_FILE,
  readLoadCheck,
  readRun,
  readVerify,
  resultsFolder,
  VERIFY_FILE,
  writeRun,
} from '../record/run-dir.ts'
import { PACKED_TRIALS_FILE } from '../record/trial-log.ts'
import type { TrialResult } from '../record/types.ts'
import { reasonsAgainst } from '../report/publishable.ts'
import { summarize } from '../report/summarize.ts'
import { toSvg } from '../words/charts/svg.ts'
import {
  PICTURE_FILE,
  replaceBetween,
  type Shown,
  updateLoadCheck,
  updateReadme,
  updateVerify,
} from './readme.ts'
import { pageRunIn } from './stored-run.ts'
import { writeFiles, writeReport } from './write-report.ts'

/** Files of a run that were made beside it and say more about its machine. */
const BESIDE = [LOAD_CHECK_FILE, VERIFY_FILE]

/**
 * Puts a run under `results/published/`, or says everything that stands against it. The run itself stays as it is.
 *
 * @throws AuthscaleError NOT_PUBLISHABLE, and what reading and writing a run can throw
 */
export async function publishRun(folder: string): Promise<void> {
  const { run, results: records, damage } = await readRun(folder)
  const summary = summarize(run, records)
  const reasons = [
    ...(damage === null ? [] : [`${damage}: measure that trial again with --resume`]),
    ...reasonsAgainst(run, summary, records, identities()),
  ]
  if (reasons.length > 0) {
    throw new AuthscaleError('NOT_PUBLISHABLE', `${folder} cannot be published: ${reasons.join('; ')}`)
  }
  const published = path.join(resultsFolder, 'published')
  const target = await createRunDir(published, run.startedAt, run.environment)
  try {
    // A published run is called as its folder, wherever it was measured.
    const named = { ...run, id: path.basename(target) }
    await writeFileDurably(path.join(target, PACKED_TRIALS_FILE), packed(records))
    await writeRun(target, named)
    for (const file of BESIDE) {
      if (existsSync(path.join(folder, file))) await cp(path.join(folder, file), path.join(target, file))
    }
    await writeReport(target, named, records)
  } catch (error) {
    await rm(target, { recursive: true, force: true })
    throw error
  }
  await refreshCatalogue()
  console.log(
    `${path.relative(process.cwd(), target)} is published; look at its report.html, then commit results/`,
  )
}

/** Compressed, since a long run has a hundred records of a hundred numbers each. */
function packed(records: readonly TrialResult[]): Buffer {
  return gzipSync(records.map((record) => `${JSON.stringify(record)}\n`).join(''), { level: 9 })
}

function identities(): string[] {
  const { username } = userInfo()
  return [hostname(), username, homedir(), path.basename(homedir())].filter((name) => !COMMON.has(name))
}

/** Names that say nothing of anybody. */
const COMMON = new Set(['root', '/root', 'localhost', 'home', 'user', 'node', 'runner', 'app'])

/** `npm run published`: everything that is derived from published runs, made anew from their records. */
export async function refreshPublished(): Promise<void> {
  for (const folder of await publishedFolders()) {
    const { run, results: records } = await readRun(folder)
    await writeReport(folder, run, records)
  }
  await refreshCatalogue()
  console.log('results/ is in step with the records of its published runs')
}

/** `npm run readme -- <run> [checks] [others...]` */
export async function readme(folder: string, checks = folder, others: string[] = []): Promise<void> {
  const file = fileURLToPath(new URL('../../README.md', import.meta.url))
  const fromReadme = (dir: string) =>
    path.relative(path.dirname(file), path.resolve(dir)).split(path.sep).join('/')
  const [main, ...rest] = await Promise.all(
    [folder, ...others].map(async (dir) => {
      const { run, results } = await readRun(dir)
      return { runDir: fromReadme(dir), run, summary: summarize(run, results) }
    }),
  )
  const shown = updateReadme(await readFile(file, 'utf8'), main as Shown, rest)
  const checked = updateLoadCheck(shown, await readLoadCheck(checks))
  await writeFileDurably(file, updateVerify(checked, fromReadme(checks), await readVerify(checks)))
  await pictureOf(path.join(folder, PAGE_FILE), path.join(folder, PICTURE_FILE))
  console.log(`README.md shows ${fromReadme(folder)} now`)
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

async function refreshCatalogue(): Promise<void> {
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
