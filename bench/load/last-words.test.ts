/** What is shown of a program that ended: its error, not the trace below. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lastLines } from './last-words.ts'

test('the last three lines that say something, as one line', () => {
  assert.equal(lastLines('one\ntwo\n\nthree\nfour\n'), 'two | three | four')
  assert.equal(lastLines(''), '')
})

test('of a trace the error itself', () => {
  const trace = [
    'file:///srv/main.js:7',
    "import { Store } from 'stores'",
    '         ^^^^^',
    "SyntaxError: 'stores' does not provide an export named 'Store'",
    '    at #asyncInstantiate (node:internal/modules/esm/module_job:319:21)',
    '    at async start (file:///srv/main.js:9:4)',
    '',
    'Node.js v24.21.0',
  ]
  assert.equal(
    lastLines(trace.join('\n')),
    "file:///srv/main.js:7 | import { Store } from 'stores' | SyntaxError: 'stores' does not provide an export named 'Store'",
  )
})
