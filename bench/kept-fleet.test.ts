/** A fleet between trials: started once for those that share it, ended before another one starts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keepFleet, type Started } from './kept-fleet.ts'

/** Says what happened, in order. */
function recorder() {
  const said: string[] = []
  const fleet = (name: string) => async () => {
    said.push(`start ${name}`)
    const part = (what: string) => async () => void said.push(`end ${what} of ${name}`)
    return { running: { stop: part('fleet') }, generator: { close: part('generator') } } as unknown as Started
  }
  return { said, fleet }
}

test('a fleet is started once, remembers what it was made ready with, and ends before the next one starts', async () => {
  const { said, fleet } = recorder()
  const kept = keepFleet<string>()
  assert.equal((await kept.take('a', fleet('a'))).ready, null)
  kept.isReady('warm')
  assert.equal((await kept.take('a', fleet('a'))).ready, 'warm')
  assert.equal((await kept.take('b', fleet('b'))).ready, null)
  await kept.end()
  await kept.end()
  assert.deepEqual(said, [
    'start a',
    'end generator of a',
    'end fleet of a',
    'start b',
    'end generator of b',
    'end fleet of b',
  ])
})

test('one that does not start is not kept', async () => {
  const { said, fleet } = recorder()
  const kept = keepFleet<string>()
  await assert.rejects(
    kept.take('a', () => Promise.reject(new Error('no'))),
    /no/,
  )
  await kept.take('a', fleet('a'))
  await kept.end()
  assert.deepEqual(said, ['start a', 'end generator of a', 'end fleet of a'])
})
