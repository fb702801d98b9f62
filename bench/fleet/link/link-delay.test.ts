/** The delay by itself, without the time that sockets take, which would hide one that is a little too short. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { machineUs } from '../../load/clock.ts'
import { DelayLine } from './link-delay.ts'

// The alarm's thread does not hold the process.
let awake: NodeJS.Timeout
before(() => {
  awake = setInterval(() => {}, 1_000)
})
after(() => clearInterval(awake))

test('nothing runs early, and everything in the order in which it was handed over', async () => {
  for (const delayMs of [0, 0.05, 0.25, 3, 12]) {
    const line = new DelayLine(delayMs)
    await line.ready()
    const gapsMs = fc.array(fc.constantFrom(0, 0, 0, 1, 5), { minLength: 1, maxLength: 12 })
    const property = fc.asyncProperty(gapsMs, async (gaps) => {
      const ran: number[] = []
      const runs: Promise<void>[] = []
      for (const [index, gapMs] of gaps.entries()) {
        if (gapMs > 0) await sleep(gapMs)
        runs.push(
          new Promise((resolve, reject) => {
            const handedUs = machineUs()
            line.after(() => {
              ran.push(index)
              const tookUs = machineUs() - handedUs
              if (tookUs >= delayMs * 1_000) resolve()
              else reject(new Error(`ran after ${tookUs} us instead of ${delayMs} ms`))
            })
          }),
        )
      }
      await Promise.all(runs)
      assert.deepEqual(ran, [...gaps.keys()])
    })
    await fc.assert(property, { numRuns: 25 })
  }
})

test('what is handed over by what has just run waits its turn as well', async () => {
  const line = new DelayLine(2)
  await line.ready()
  const startUs = machineUs()
  const atUs: number[] = []
  await new Promise<void>((resolve) => {
    const again = () => {
      atUs.push(machineUs() - startUs)
      if (atUs.length === 5) resolve()
      else line.after(again)
    }
    line.after(again)
  })
  for (const [index, us] of atUs.entries()) assert.ok(us >= 2_000 * (index + 1), `${index}: ${us} us`)
})

test('while it is held nothing runs, and afterwards everything in its order', async () => {
  for (const delayMs of [0, 2]) {
    const line = new DelayLine(delayMs)
    await line.ready()
    const steps = fc.array(fc.constantFrom('hand over', 'hold', 'release', 'wait'), { maxLength: 20 })
    const property = fc.asyncProperty(steps, async (script) => {
      const ran: number[] = []
      let handed = 0
      let held = false
      for (const step of script) {
        if (step === 'wait') await sleep(3)
        else if (step === 'hold') {
          line.hold()
          held = true
        } else if (step === 'release') {
          line.release()
          held = false
        } else {
          const index = handed++
          line.after(() => {
            assert.equal(held, false)
            ran.push(index)
          })
        }
      }
      line.release()
      held = false
      await new Promise<void>((resolve) => line.after(resolve))
      assert.deepEqual(ran, [...Array(handed).keys()])
    })
    await fc.assert(property, { numRuns: 25 })
  }
})
