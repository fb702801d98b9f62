/** What is counted in a window, and what a connection without a reply means. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTooShort } from './tally.ts'

test('a connection without a reply is lost where the others had many, or nobody had any, and else may be chance', () => {
  assert.equal(isTooShort(59, 32), true, 'a busy machine and a third of a second')
  assert.equal(isTooShort(32 * 8, 32), false)
  assert.equal(isTooShort(0, 32), false, 'a server that stands still')
})
