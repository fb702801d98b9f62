/** Guesses share as much as they say and no more, and are alike in all else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guessAt, randomId } from './guesses.ts'
import { SHARED } from './sampler.ts'

test('each guess shares exactly so many characters, and has the length of an id', () => {
  for (const shared of SHARED) {
    for (let i = 0; i < 500; i++) {
      const existing = randomId()
      const guess = guessAt(existing, shared)
      const first = [...guess].findIndex((char, at) => char !== existing[at])
      assert.equal(first, shared)
      assert.match(guess, /^[\w-]{32}$/)
    }
  }
})

test('what follows is random: no two guesses at one session are alike', () => {
  const existing = randomId()
  for (const shared of SHARED.slice(0, -1))
    assert.equal(new Set(Array.from({ length: 500 }, () => guessAt(existing, shared))).size, 500)
})

test('the character that is wrong is each of the others as often', () => {
  const existing = randomId()
  const seen = new Map<string, number>()
  for (let i = 0; i < 6_300; i++) {
    const char = guessAt(existing, 31).charAt(31)
    seen.set(char, (seen.get(char) ?? 0) + 1)
  }
  assert.equal(seen.size, 63)
  // A hundred each; beyond six standard deviations it is no chance.
  for (const [char, times] of seen) assert.ok(times > 40 && times < 160, `${char}: ${times}`)
})
