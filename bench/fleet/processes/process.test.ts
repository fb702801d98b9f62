/** Children of the harness, for real: none starts for a parent that is gone, and none is left that nobody knows of. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { onPath } from '../tools/path.ts'
import { identify } from './identity.ts'
import { spawnChild, wrapped } from './process.ts'

const isBound = process.platform === 'linux' && onPath('setpriv') !== undefined

test('a program starts under the parent that it was meant for, and under no other', {
  skip: isBound
    ? false
    : 'needs setpriv of util-linux, with which processes are bound to their parents: install it, on Linux',
}, () => {
  const run = (parent?: number) => {
    const [file = '', ...args] = wrapped(['echo', 'started'], [], parent)
    return spawnSync(file, args, { encoding: 'utf8' })
  }
  assert.deepEqual([run().status, run().stdout], [0, 'started\n'])
  // As it finds itself when its own parent was killed before the kernel was asked to tell it so.
  assert.deepEqual([run(process.ppid).status, run(process.ppid).stdout], [1, ''])
})

test('a child that cannot be noted does not go on running', async () => {
  let pid = 0
  const onPid = (started: number) => {
    pid = started
    throw new Error('no space')
  }
  await assert.rejects(spawnChild(['sleep', '60'], { name: 'child', onPid }), /no space/)
  const deadline = Date.now() + 5_000
  while (identify(pid) && Date.now() < deadline) await delay(10)
  assert.equal(identify(pid), null)
})
