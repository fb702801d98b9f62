/** The common window lies inside that of every process. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { overlapOf } from './merge.ts'

/** What is heard after each message of some process. */
function hear(processes: number, edges: readonly ('open' | 'close')[]) {
  const heard: string[] = []
  const windows = overlapOf(processes, (edge) => heard.push(edge))
  const after = edges.map((edge) => {
    windows.hear(edge)
    return heard.join()
  })
  return { after, windows }
}

test('it opens with the last process and closes with the first, once each', () => {
  const { after, windows } = hear(3, ['open', 'open', 'open', 'close', 'close', 'close'])
  assert.deepEqual(after, ['', '', 'open', 'open,close', 'open,close', 'open,close'])
  windows.check()
})

test('one process has its own window', () => {
  assert.deepEqual(hear(1, ['open', 'close']).after, ['open', 'open,close'])
})

test('windows without a common part are an error', () => {
  const { windows } = hear(2, ['open', 'close', 'open', 'close'])
  assert.throws(() => windows.check(), { code: 'WINDOWS_APART' })
})
