/** Keeps the order of the rooms of servers/: each imports lower ones alone, types as well, and nothing goes in circles. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

/** From the lowest to the highest: a file, or a folder with all that is in it. */
const ROOMS = [
  'config.ts',
  'users/',
  'contract.ts',
  'listen.ts',
  'handler-work.ts',
  'wire/',
  'stores/',
  'tokens/',
  'sessions/',
  'schemes/',
  'scheme.ts',
  'app.ts',
  'main.ts',
  'agent.ts',
  'keygen.ts',
  'testing/',
  'checks/',
]
/** The one door to the harness: tests of servers start the Redis that it has fetched, and programs as its tests do. */
const DOOR = 'testing/harness.ts'

const IMPORT = /^(?:import|export)\s+[^;'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm

const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(path.sep).join('/'))
const isTest = (file: string) => file.endsWith('.test.ts')

/** What a file imports of the project, by paths from this folder: outside they begin with `../`. */
function importsOf(file: string, text = readFileSync(path.join(import.meta.dirname, file), 'utf8')) {
  return [...text.matchAll(IMPORT)]
    .map((match) => match[1] ?? match[2] ?? match[3] ?? '')
    .filter((target) => target.startsWith('.'))
    .map((target) => path.posix.join(path.posix.dirname(file), target))
}

const imports = files.flatMap((from) => importsOf(from).map((to) => ({ from, to })))
const ofSources = imports.filter(({ from }) => !isTest(from))
const roomOf = (file: string) => ROOMS.findIndex((room) => file === room || file.startsWith(room))
const none = (broken: typeof imports) =>
  assert.deepEqual(
    broken.map(({ from, to }) => `${from} -> ${to}`),
    [],
  )

test('the reader of imports sees each form, and that of types', () => {
  const text = [
    "import type { A } from '../a.ts'",
    "import {\n  b,\n} from './b.ts'",
    "export { c } from 'node:fs'",
    "import '../../bench/d.ts'",
    "const e = () => import('./e.ts')",
  ].join('\n')
  assert.deepEqual(importsOf('x/y.ts', text), ['a.ts', 'x/b.ts', '../bench/d.ts', 'x/e.ts'])
  assert.ok(ofSources.length > 100, 'the real files are read')
})

test('each file has a room, and each room a file', () => {
  const sources = files.filter((file) => !isTest(file))
  assert.deepEqual(
    sources.filter((file) => roomOf(file) === -1),
    [],
  )
  assert.deepEqual(new Set(sources.map(roomOf)), new Set(ROOMS.keys()))
})

test('each room imports lower ones alone', () => {
  none(ofSources.filter(({ from, to }) => !to.startsWith('../') && roomOf(to) > roomOf(from)))
})

test('tests are imported by nobody', () => {
  none(imports.filter(({ to }) => isTest(to)))
})

test('schemes never import each other', () => {
  none(ofSources.filter(({ from, to }) => from.startsWith('schemes/') && to.startsWith('schemes/')))
})

test('nothing outside is imported, except through one door', () => {
  none(imports.filter(({ from, to }) => to.startsWith('../') && from !== DOOR))
})

test('nothing goes in circles', () => {
  assert.deepEqual(circle(ofSources), [])
  const around = ['a b', 'b c', 'c b'].map((pair) => pair.split(' ') as [string, string])
  assert.deepEqual(circle(around.map(([from, to]) => ({ from, to }))), ['b', 'c', 'b'])
})

/** The first one that is found, from a file back to itself. */
function circle(among: typeof imports): string[] {
  const done = new Set<string>()
  const visit = (file: string, above: readonly string[]): string[] => {
    if (above.includes(file)) return [...above.slice(above.indexOf(file)), file]
    if (done.has(file)) return []
    for (const { to } of among.filter(({ from }) => from === file)) {
      const found = visit(to, [...above, file])
      if (found.length > 0) return found
    }
    done.add(file)
    return []
  }
  for (const { from } of among) {
    const found = visit(from, [])
    if (found.length > 0) return found
  }
  return []
}
