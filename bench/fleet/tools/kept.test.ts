/** What is kept is built anew when anything that it was made of has changed, and only then. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { privateFolder, projectRoot } from '../../places.ts'
import { kept } from './kept.ts'

test('built once, and again after a change of a source, of the builder, or of what is kept', async (t) => {
  const own = path.join('tests', randomUUID())
  const folder = path.join(privateFolder, own)
  mkdirSync(folder, { recursive: true })
  t.after(() => rmSync(folder, { recursive: true }))
  const source = path.join(folder, 'source')
  const inputs = [path.relative(projectRoot, source)]
  let builds = 0
  const get = (by = 'one') =>
    kept(path.join(own, 'kept.json'), by, async () => ({ built: { number: ++builds }, inputs }))
  writeFileSync(source, 'a')
  assert.deepEqual([await get(), await get()], [{ number: 1 }, { number: 1 }])
  writeFileSync(source, 'b')
  assert.deepEqual([await get(), await get()], [{ number: 2 }, { number: 2 }])
  assert.deepEqual([await get('two'), await get('two')], [{ number: 3 }, { number: 3 }])
  writeFileSync(path.join(folder, 'kept.json'), '{ "by": "two", "inp')
  assert.deepEqual([await get('two'), await get('two')], [{ number: 4 }, { number: 4 }])
  assert.deepEqual(readdirSync(folder).sort(), ['kept.json', 'source'])
})
