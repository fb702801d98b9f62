/** CONTRIBUTING.md at its word: the scheme and the experiment that it shows are added to a copy, checked, run and reported. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = path.resolve(import.meta.dirname, '../..')

/** What a block of the text asks for: a new file, or a line after another one. */
interface Edit {
  file: string
  text: string
  /** The line that it comes after; null for a new file. */
  after: string | null
}

/** Blocks that say what becomes of them: ```ts new=path``` and ```ts in=path after=`line` ```. */
function editsOf(markdown: string): Edit[] {
  const blocks = markdown.matchAll(/^```\w+ (?:new=(\S+)|in=(\S+) after=`([^`]+)`)\n([\s\S]*?)^```$/gm)
  return [...blocks].map(([, fresh, changed, after, text = '']) => ({
    file: fresh ?? changed ?? '',
    text,
    after: fresh ? null : (after ?? ''),
  }))
}

async function apply(copy: string, { file, text, after }: Edit): Promise<void> {
  const target = path.join(copy, file)
  if (after === null) {
    await mkdir(path.dirname(target), { recursive: true })
    return writeFile(target, text)
  }
  const lines = (await readFile(target, 'utf8')).split('\n')
  const place = lines.findIndex((line) => line.trim() === after.trim())
  assert.ok(place >= 0, `${file} has no line ${after}`)
  lines.splice(place + 1, 0, text.trimEnd())
  return writeFile(target, lines.join('\n'))
}

let copy = ''
let edits: Edit[] = []
before(async () => {
  copy = await mkdtemp(path.join(tmpdir(), 'authscale-contributing-'))
  const { stdout } = await run(
    'git',
    ['ls-files', '-co', '--exclude-standard', '--', 'bench', 'servers', ...ROOT_FILES],
    { cwd: root },
  )
  for (const file of stdout.split('\n').filter((name) => name !== '' && !name.endsWith('.test.ts'))) {
    await cp(path.join(root, file), path.join(copy, file), { recursive: true })
  }
  // What is fetched stays with the project; on a fresh machine this is the first to need it.
  await mkdir(path.join(root, '.authscale'), { recursive: true })
  for (const folder of ['node_modules', '.authscale'])
    await symlink(path.join(root, folder), path.join(copy, folder))
  edits = editsOf(await readFile(path.join(root, 'CONTRIBUTING.md'), 'utf8'))
  for (const edit of edits) await apply(copy, edit)
})
after(() => rm(copy, { recursive: true, force: true }))

const ROOT_FILES = ['package.json', 'tsconfig.json', 'README.md', 'docs']

test('a scheme takes its file and one line, an experiment its folder and at most four other files', () => {
  const scheme = edits.filter(({ file }) => file.startsWith('servers/'))
  assert.deepEqual(
    scheme.map(({ after }) => after === null),
    [true, false],
  )
  const experiment = edits.filter(({ file }) => !file.startsWith('servers/'))
  const folders = new Set(
    experiment.flatMap(({ file, after }) => (after === null ? [path.dirname(file)] : [])),
  )
  assert.equal(folders.size, 1, 'all new files in one folder')
  const others = new Set(experiment.flatMap(({ file, after }) => (after === null ? [] : [file])))
  assert.ok(others.size >= 1 && others.size <= 4, [...others].join())
})

test('both pass the compiler', async () => {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
  await run(process.execPath, [tsc, '-p', '.'], { cwd: copy })
})

test('both run together, and the report has what the experiment says of the scheme', async () => {
  const out = path.join(copy, 'run')
  const harness = ['--import', 'tsx', 'bench/cli.ts']
  const choice = ['--profile', 'smoke', '--only', 'connections', '--schemes', 'session-redis-brief']
  await run(process.execPath, [...harness, ...choice, '--users', '50', '--duration', '0.3', '--out', out], {
    cwd: copy,
  })
  const report = await readFile(path.join(out, 'report.md'), 'utf8')
  const section = /^## Connections\n([\s\S]*?)^## /m.exec(report)?.[1] ?? assert.fail('no section')
  assert.match(section, /^\| session-redis-brief \| 32 \| /m)
  const summary = JSON.parse(await readFile(path.join(out, 'summary.json'), 'utf8'))
  assert.equal(summary.connections.length, 2 * 3)
  assert.ok(summary.arms.some(({ arm }: { arm: { scheme: string } }) => arm.scheme === 'session-redis-brief'))
})
