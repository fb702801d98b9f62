/** What a replica may believe of ended logins: never longer than the bound, and nothing against its own logouts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { believing } from './believing.ts'

const SEC = 2

/** Redis and a clock in the hand of the test. */
function world(sec = SEC, limit?: number) {
  let now = 0
  const ended = new Set<string>()
  const questions: string[] = []
  const ask = async (login: string) => {
    questions.push(login)
    return ended.has(login)
  }
  const { isEnded, forget } = believing(sec, limit, () => now)
  const replica = { forget, isEnded: (login: string) => isEnded(login, () => ask(login)) }
  const pass = (ms: number) => {
    now += ms
  }
  return { replica, ended, questions, pass, now: () => now }
}

test('asks once in the time that it believes', async () => {
  const { replica, questions, pass } = world()
  for (let ms = 0; ms < 1000 * SEC; ms += 500) {
    assert.equal(await replica.isEnded('a'), false)
    pass(500)
  }
  assert.deepEqual(questions, ['a'])
  await replica.isEnded('a')
  assert.deepEqual(questions, ['a', 'a'])
})

test('that a login ended is asked anew each time, and so is all with a time of 0', async () => {
  const { replica, ended, questions } = world()
  ended.add('a')
  for (let i = 0; i < 3; i += 1) assert.equal(await replica.isEnded('a'), true)
  assert.equal(questions.length, 3)
  const without = world(0)
  for (let i = 0; i < 3; i += 1) await without.replica.isEnded('a')
  assert.equal(without.questions.length, 3)
})

test('no login is let in later than the bound after its logout elsewhere, and none at all after one here', async () => {
  const step = fc.record({
    login: fc.constantFrom('a', 'b', 'c'),
    does: fc.constantFrom('look', 'look', 'end here', 'end elsewhere'),
    thenMs: fc.nat(1500),
  })
  const property = fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
    const { replica, ended, pass, now } = world(SEC, 2)
    const elsewhereAt = new Map<string, number>()
    const here = new Set<string>()
    for (const { login, does, thenMs } of steps) {
      if (does === 'look') {
        const refused = await replica.isEnded(login)
        const late = now() >= (elsewhereAt.get(login) ?? Number.POSITIVE_INFINITY) + 1000 * SEC
        if (here.has(login) || late) assert.equal(refused, true)
        if (!ended.has(login)) assert.equal(refused, false)
      } else {
        ended.add(login)
        if (does === 'end here') replica.forget(here.add(login) && login)
        else if (!elsewhereAt.has(login)) elsewhereAt.set(login, now())
      }
      pass(thenMs)
    }
  })
  await fc.assert(property, { numRuns: 300 })
})

test('an answer that was under way during a logout here is not believed', async () => {
  const answers: ((ended: boolean) => void)[] = []
  const ask = () => new Promise<boolean>((resolve) => answers.push(resolve))
  const replica = believing(SEC)
  const before = replica.isEnded('a', ask)
  replica.forget('a')
  answers[0]?.(false)
  assert.equal(await before, false)
  const after = replica.isEnded('a', ask)
  answers[1]?.(true)
  assert.equal(await after, true)
})

test('the bound counts from the question, not from the answer', async () => {
  const answers: ((ended: boolean) => void)[] = []
  let now = 0
  const ask = () => new Promise<boolean>((resolve) => answers.push(resolve))
  const replica = believing(SEC, undefined, () => now)
  const slow = replica.isEnded('a', ask)
  now = 1000 * SEC - 1
  answers[0]?.(false)
  await slow
  now = 1000 * SEC
  replica.isEnded('a', ask)
  assert.equal(answers.length, 2)
})

test('beyond its limit the oldest is asked about again', async () => {
  const { replica, questions } = world(SEC, 3)
  for (const login of ['a', 'b', 'c', 'd']) await replica.isEnded(login)
  questions.length = 0
  for (const login of ['b', 'c', 'd']) await replica.isEnded(login)
  assert.deepEqual(questions, [])
  await replica.isEnded('a')
  assert.deepEqual(questions, ['a'])
})
