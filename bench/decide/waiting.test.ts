/** The p99 of both, or of none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evidence } from '../testing/evidence.ts'
import { USUAL } from './load.ts'
import { waitingText } from './waiting.ts'

test('both are named with their range; where one has no ladder, nothing is said', () => {
  const both = USUAL.schemes.map((scheme) => ({ ...evidence(), scheme }))
  assert.match(
    waitingText(both, { ...USUAL, handlerUs: 0 }) ?? '',
    /^99 of 100 answers take at most .* ms with `session-redis`, and .* ms with `jwt-hs256`\.$/,
  )
  assert.equal(waitingText(both.slice(1), USUAL), null)
})
