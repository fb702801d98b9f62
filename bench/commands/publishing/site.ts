/** `npm run site`: the page of all runs, the reports and the documents in one folder, for any host that serves files. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { documentPage, type Entry, sitePath, titleOf, withNavigation } from '../../page/site.ts'
import { projectRoot, publishedFolder, resultsFolder } from '../../places.ts'
import { makeFolders } from '../../record/durable.ts'

const SITE = path.join(projectRoot, 'site')
/** The page of all runs, as the repository has it. */
const INDEX = 'results/index.html'
/** In the order in which the navigation has them; what is left follows. */
const FIRST = ['README.md', 'docs/schemes.md', 'docs/method.md', 'docs/findings.md', 'docs/planning.md']

/** Nothing is fetched, and nothing is derived anew: `npm run published` and `npm run readme` do that. */
export async function site({ out = SITE }: { out?: string } = {}): Promise<void> {
  const documents = await readAll()
  const style = `${await readFile(new URL('../../page/style.css', import.meta.url), 'utf8')}`
  const entries: Entry[] = [
    { file: INDEX, title: 'Answer' },
    ...documents.map(({ file, text }) => ({ file, title: file === 'README.md' ? 'About' : titleOf(text) })),
  ]
  await rm(out, { recursive: true, force: true })
  makeFolders(out)
  await cp(publishedFolder, path.join(out, 'published'), { recursive: true })
  for (const folder of ['charts', 'schema'])
    await cp(path.join(resultsFolder, folder), path.join(out, folder), { recursive: true })
  await cp(path.join(resultsFolder, 'page.png'), path.join(out, 'page.png'))
  await cp(path.join(projectRoot, 'LICENSE'), path.join(out, 'LICENSE'))
  const index = await readFile(path.join(projectRoot, INDEX), 'utf8')
  await writeFile(path.join(out, sitePath(INDEX)), withNavigation(index, INDEX, entries))
  for (const { file, text } of documents) {
    const place = path.join(out, sitePath(file))
    await mkdir(path.dirname(place), { recursive: true })
    await writeFile(place, documentPage(file, text, entries, style))
  }
  // A host that would run it through a site generator is told not to.
  await writeFile(path.join(out, '.nojekyll'), '')
  console.log(
    `${path.relative(process.cwd(), out)}/index.html: ${entries.length} pages beside the published reports`,
  )
}

interface Text {
  file: string
  text: string
}

/** Every document of the repository. */
async function readAll(): Promise<Text[]> {
  const docs = (await readdir(path.join(projectRoot, 'docs'))).filter((name) => name.endsWith('.md')).sort()
  const all = [
    ...['README.md', ...docs.map((name) => `docs/${name}`), 'results/README.md'],
    ...['servers/GUARANTEES.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ]
  const ordered = [...FIRST, ...all.filter((file) => !FIRST.includes(file))]
  return Promise.all(
    ordered.map(async (file) => ({ file, text: await readFile(path.join(projectRoot, file), 'utf8') })),
  )
}
