/** Keeps the layering: who may import whom, read from the source text of every file. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

const root = path.resolve(import.meta.dirname, '..')
const files = ['bench', 'servers'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.posix.join(folder, ...file.split(path.sep))),
)

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

const isTest = (file: string) =>
  /(\.test|\.fixture|-for-tests|synthetic-run|full-disk)\.ts$/.test(file) ||
  /^servers\/(checks|testing)\//.test(file)
const sources = files.filter((file) => !isTest(file))
const all = sources.flatMap((file) => importsOf(file))
const inside =
  (...folders: string[]) =>
  (file: string) =>
    folders.some((folder) => file.startsWith(folder))
const none = (broken: Import[]) =>
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

test('types.ts holds types alone', () => {
  none(all.filter(({ from, typeOnly }) => from === 'bench/types.ts' && !typeOnly))
})

const pure = inside(
  ...['experiments', 'stats', 'claims', 'plan', 'report', 'compare'].map((name) => `bench/${name}/`),
)

test('experiments, statistics and reports import no effects', () => {
  const effects = inside(
    'node:',
    'bench/fleet/',
    'bench/load/',
    'bench/probe/',
    'bench/observe/',
    'bench/run.ts',
    'bench/cli.ts',
  )
  none(all.filter(({ from, to, typeOnly }) => pure(from) && !typeOnly && effects(to)))
})

test('experiments, statistics and reports use no clock, no randomness and no process', () => {
  const impure = /\b(Date\.now|new Date\(\)|performance\.now|Math\.random|process\.)/
  const broken = sources.filter(pure).filter((file) => impure.test(withoutComments(file)))
  assert.deepEqual(broken, [])
})

function withoutComments(file: string): string {
  return readFileSync(path.join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
}

test('load never imports stats', () => {
  none(all.filter(({ from, to }) => from.startsWith('bench/load/') && to.startsWith('bench/stats/')))
})

test('observations know how to ask and nothing of what is running, what it costs, or what a run makes of it', () => {
  const others = inside(
    ...['fleet', 'probe', 'stats', 'experiments', 'claims', 'plan', 'report'].map((name) => `bench/${name}/`),
  )
  none(all.filter(({ from, to }) => from.startsWith('bench/observe/') && others(to)))
})

test('servers never import bench, and bench takes from servers only the contract of schemes', () => {
  none(all.filter(({ from, to }) => from.startsWith('servers/') && to.startsWith('bench/')))
  none(all.filter(({ from, to }) => from.startsWith('bench/') && /^servers\/(?!scheme\.ts$)/.test(to)))
})

test('schemes never import each other', () => {
  none(all.filter(({ from, to }) => from.startsWith('servers/schemes/') && to.startsWith('servers/schemes/')))
})

test('behaviour follows traits: no code outside the registry compares a scheme by name', () => {
  const compared = /scheme\w*(?:\.name)?\s*[!=]==\s*'(?!none')/
  assert.deepEqual(
    sources.filter((file) => compared.test(withoutComments(file))),
    [],
  )
})
