/** The arithmetic of file descriptors, and the message when there are too few. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectionsAllowed, fileLimit, filesNeeded, requireFiles } from './limits.ts'

test('too few file descriptors: the error names the number and the command', () => {
  assert.throws(() => requireFiles(1000, 1024), {
    code: 'TOO_FEW_FILES',
    message: /1000 connections need 2200 .* 1024 are allowed: run `ulimit -n 2200`/,
  })
  requireFiles(1000, 2200)
  requireFiles(10_000, Number.POSITIVE_INFINITY)
})

test('the proxy may take all connections that the limit allows, within bounds', () => {
  for (const limit of [1024, 4096, 20_000]) assert.ok(filesNeeded(connectionsAllowed(limit)) <= limit)
  assert.equal(connectionsAllowed(Number.POSITIVE_INFINITY), 20_000)
})

test('the limit of this system is read', () => assert.ok(fileLimit() >= 16))
