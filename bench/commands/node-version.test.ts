/** Which Node is too old is what package.json says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTooOld } from './node-version.ts'

test('by major and minor, whatever their digits', () => {
  assert.deepEqual(
    ['18.20.4', '20.9.0', '20.18.3', '20.19.0', '22.1.0', '100.0.0'].map((version) =>
      isTooOld(version, '20.19'),
    ),
    [true, true, true, false, false, false],
  )
})

test('this one is new enough', () => assert.equal(isTooOld(process.versions.node), false))
