/** The rules of the house: who may import whom, what stays pure, who may name what, and how full a folder gets. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { schemeNames } from '../../servers/scheme.ts'
import { experiments } from '../experiments/index.ts'

const root = path.resolve(import.meta.dirname, '../..')
const files = ['bench', 'servers'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.posix.join(folder, ...file.split(path.sep))),
)

/** From the lowest: each room imports from itself and from those before it. */
const ROOMS = [
  'errors',
  'traits',
  'places',
  'record',
  'stats',
  'figures',
  'words',
  'load',
  'host',
  'fleet',
  'probe',
  'observe',
  'experiments',
  'claims',
  'trade',
  'plan',
  'compare',
  'decide',
  'report',
  'page',
  'run',
  'verify',
  'commands',
  'cli',
]
/** No clock, no randomness, no process, no files: the same records give the same report. */
const PURE = [
  'stats',
  'figures',
  'words',
  'experiments',
  'claims',
  'trade',
  'plan',
  'compare',
  'decide',
  'report',
]
const EFFECTS = [
  'node-version',
  'places',
  'load',
  'host',
  'fleet',
  'probe',
  'observe',
  'page',
  'run',
  'verify',
  'commands',
  'cli',
]
const MOST_FILES_IN_A_FOLDER = 25

interface Import {
  from: string
  to: string
  typeOnly: boolean
}

const IMPORT =
  /^(?:import|export)\s+(type\s)?[^;'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm

/** Relative imports resolve to paths from the project's root; others keep their package name. */
function importsOf(file: string, text = readFileSync(path.join(root, file), 'utf8')): Import[] {
  return [...text.matchAll(IMPORT)].map((match) => {
    const target = match[2] ?? match[3] ?? match[4] ?? ''
    const to = target.startsWith('.')
      ? path.posix.normalize(path.posix.join(path.dirname(file), target))
      : target
    return { from: file, to, typeOnly: match[1] !== undefined }
  })
}

const isTest = (file: string) => /(\.test|\.fixture)\.ts$/.test(file) || /\/(testing|checks)\//.test(file)
const sources = files.filter((file) => !isTest(file))
const ours = sources.filter((file) => file.startsWith('bench/'))
const all = sources.flatMap((file) => importsOf(file))
const roomOf = (file: string) => path.basename(file.split('/')[1] ?? '', '.ts')
const isIn = (rooms: readonly string[]) => (file: string) =>
  file.startsWith('bench/') && rooms.includes(roomOf(file))
/** The part of an experiment's folder that does something, or the one file that gathers them. */
const acts = (file: string) => /^bench\/experiments\/(\w+\/act(\.ts$|\/)|acts\.ts$)/.test(file)
const pure = (file: string) => isIn(PURE)(file) && !acts(file)
const none = (broken: readonly Import[]) =>
  assert.deepEqual(
    broken.map(({ from, to }) => `${from} -> ${to}`),
    [],
  )

test('the reader of imports sees each form, and would notice a forbidden one', () => {
  const text = [
    "import type { A } from '../a.ts'",
    "import {\n  b,\n} from './b.ts'",
    "export { c } from 'node:fs'",
    "import './d.ts'",
    "const e = () => import('./e.ts')",
  ].join('\n')
  assert.deepEqual(importsOf('bench/x/y.ts', text), [
    { from: 'bench/x/y.ts', to: 'bench/a.ts', typeOnly: true },
    { from: 'bench/x/y.ts', to: 'bench/x/b.ts', typeOnly: false },
    { from: 'bench/x/y.ts', to: 'node:fs', typeOnly: false },
    { from: 'bench/x/y.ts', to: 'bench/x/d.ts', typeOnly: false },
    { from: 'bench/x/y.ts', to: 'bench/x/e.ts', typeOnly: false },
  ])
  assert.ok(all.length > 100, 'the real files are read')
})

test('every file is in a room, and a room imports only lower ones, also types', () => {
  const isKnown = isIn([...ROOMS, 'testing'])
  assert.deepEqual(
    files.filter((file) => file.startsWith('bench/') && !isKnown(file)),
    [],
  )
  const isHigher = ({ from, to }: Import) => ROOMS.indexOf(roomOf(to)) > ROOMS.indexOf(roomOf(from))
  none(all.filter((one) => isIn(ROOMS)(one.from) && isIn(ROOMS)(one.to) && isHigher(one)))
})

test('no files import each other in a circle, also of types', () => {
  assert.deepEqual(circles(new Map(sources.map((file) => [file, importsOf(file).map(({ to }) => to)]))), [])
  const planted = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['b']],
  ])
  assert.deepEqual(circles(planted), [['b', 'c', 'b']], 'a circle would be seen')
})

/** Each circle that a walk in depth closes, as the way round. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>()
  const found: string[][] = []
  const walk = (file: string, way: readonly string[]) => {
    const place = way.indexOf(file)
    if (place >= 0) found.push([...way.slice(place), file])
    if (place >= 0 || done.has(file)) return
    for (const next of graph.get(file) ?? []) walk(next, [...way, file])
    done.add(file)
  }
  for (const file of graph.keys()) walk(file, [])
  return found
}

test('what is pure imports no effects', () => {
  const effects = (to: string) => to.startsWith('node:') || isIn(EFFECTS)(to) || acts(to)
  none(all.filter(({ from, to, typeOnly }) => pure(from) && !typeOnly && effects(to)))
})

test('what is pure uses no clock, no randomness and no process', () => {
  const impure = /\b(Date\.now|new Date\(\)|performance\.now|Math\.random|process\.)/
  assert.deepEqual(
    sources.filter(pure).filter((file) => impure.test(withoutComments(file))),
    [],
  )
})

function withoutComments(file: string): string {
  return readFileSync(path.join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
}

test('one file gathers what experiments do, and each act is imported by nothing else', () => {
  const folder = (file: string) => file.split('/').slice(0, 3).join('/')
  const outside = ({ from, to }: Import) =>
    from !== 'bench/experiments/acts.ts' && !(acts(from) && folder(from) === folder(to))
  none(all.filter((one) => acts(one.to) && one.to !== 'bench/experiments/acts.ts' && outside(one)))
})

test('experiments never import each other, nor do schemes', () => {
  const folderOf = (file: string) => /^(bench\/experiments|servers\/schemes)\/([\w-]+)[/.]/.exec(file)
  const isFolder = (file: string) =>
    /^bench\/experiments\/[\w-]+\//.test(file) || file.startsWith('servers/schemes/')
  none(
    all.filter(({ from, to }) => isFolder(from) && isFolder(to) && folderOf(from)?.[0] !== folderOf(to)?.[0]),
  )
})

test('only experiments and claims name an experiment or a scheme', () => {
  const others = ours.filter((file) => !isIn(['experiments', 'claims'])(file))
  const schemes = new RegExp(`'(${schemeNames.filter((name) => name !== 'none').join('|')})'`)
  const names = experiments.map(({ name }) => name).join('|')
  const named = new RegExp(`experiment(:|\\s[=!]==)\\s*'(${names})'|'(rtt|knobs|aa)'(?!\\])`)
  const broken = others.flatMap((file) =>
    withoutComments(file)
      .split('\n')
      .filter((line) => schemes.test(line) || named.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  )
  assert.deepEqual(broken, [])
  assert.match("arm.experiment === 'latency'", named, 'a name would be seen')
})

test('behaviour follows traits: no code outside the registry compares a scheme by name', () => {
  const compared = /scheme\w*(?:\.name)?\s*[!=]==\s*'(?!none')/
  assert.deepEqual(
    sources.filter((file) => compared.test(withoutComments(file))),
    [],
  )
})

test('production never imports what is there for tests, and the raw format imports zod and errors alone', () => {
  none(all.filter(({ to }) => isTest(to)))
  const allowed = (to: string) => to === 'zod' || to.startsWith('node:') || isIn(['errors', 'record'])(to)
  none(all.filter(({ from, to }) => isIn(['record'])(from) && !allowed(to)))
  none(
    all.filter(
      ({ from, to }) => from.startsWith('bench/record/schema/') && (to.startsWith('node:') || !allowed(to)),
    ),
  )
})

test('servers never import bench, and bench takes from servers only names and traits of schemes', () => {
  none(all.filter(({ from, to }) => from.startsWith('servers/') && to.startsWith('bench/')))
  none(
    all.filter(
      ({ from, to }) => from.startsWith('bench/') && to.startsWith('servers/') && to !== 'servers/scheme.ts',
    ),
  )
})

test('nothing is loose, and no folder is so full that nobody finds anything in it', () => {
  const loose = ours.filter((file) => file.split('/').length === 2)
  assert.deepEqual(loose.sort(), ['bench/cli.ts', 'bench/errors.ts', 'bench/places.ts', 'bench/traits.ts'])
  const folders = [...new Set(sources.map((file) => path.dirname(file)))]
  const full = folders.filter(
    (folder) => sources.filter((file) => path.dirname(file) === folder).length > MOST_FILES_IN_A_FOLDER,
  )
  assert.deepEqual(full, [])
})
