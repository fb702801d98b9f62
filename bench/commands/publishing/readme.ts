/** `npm run readme`: takes what the README and the pages of `docs/` show from published runs. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { runWithRows } from '../../figures/rows.ts'
import { pictureOf } from '../../page/picture.ts'
import { projectRoot } from '../../places.ts'
import { writeFileDurably } from '../../record/durable.ts'
import { readLoadCheck, readRun, readVerify, type StoredRun } from '../../record/run-dir.ts'
import { summarize } from '../../report/summarize.ts'
import { newestPlanCheck } from '../plan-source.ts'
import { DOCUMENTS, type Documents, PICTURE_FILE, type Shown, updated } from './documents.ts'
import { readPublished } from './read-published.ts'

/** `npm run readme -- <run> [checks]`: claims are those of all published runs of its machine. */
export async function readme(folder: string, checks = folder): Promise<void> {
  const fromRoot = (dir: string) => path.relative(projectRoot, path.resolve(dir)).split(path.sep).join('/')
  const shownOf = (dir: string, { run, results }: StoredRun): Shown => ({
    ...{ runDir: fromRoot(dir), run },
    summary: summarize(run, results),
  })
  const { read } = await readPublished()
  const all = read.map(({ folder, stored }) => ({ ...shownOf(folder, stored), results: stored.results }))
  const held = await newestPlanCheck(read.map(({ folder }) => folder))
  const documents = updated(await readDocuments(), {
    main: shownOf(folder, await readRun(folder)),
    others: all.filter(({ runDir }) => runDir !== fromRoot(folder)),
    published: all.map(({ run, results, summary }) => runWithRows(run, results, summary.costCurves)),
    checks: {
      runDir: fromRoot(checks),
      load: await readLoadCheck(checks),
      proofs: await readVerify(checks),
    },
    held: held && { runDir: fromRoot(held.folder), check: held.check },
  })
  for (const [name, file] of Object.entries(DOCUMENTS))
    await writeFileDurably(path.join(projectRoot, file), documents[name as keyof Documents])
  await pictureOf(path.join(projectRoot, 'results/index.html'), path.join(projectRoot, PICTURE_FILE))
  console.log(`README.md and docs/ show ${fromRoot(folder)} now`)
}

/** As they are. */
export async function readDocuments(): Promise<Documents> {
  const texts = Object.entries(DOCUMENTS).map(
    async ([name, file]) => [name, await readFile(path.join(projectRoot, file), 'utf8')] as const,
  )
  return Object.fromEntries(await Promise.all(texts)) as Documents
}
