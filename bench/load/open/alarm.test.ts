/** The alarm rings soon after what is set is due, and says nothing while nothing is. */
import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../../stats/quantiles.ts'
import { nowUs } from '../clock.ts'
import { type Alarm, giveBack, takeAlarm } from './alarm.ts'

// The alarm's thread does not hold the process.
const held = setInterval(() => {}, 1_000)
after(() => clearInterval(held))

async function alarmFor(t: TestContext): Promise<Alarm> {
  const alarm = await takeAlarm()
  t.after(() => giveBack(alarm))
  return alarm
}

/** How late each of them was noticed, when the alarm was told of one or of two of them at a time. */
async function lateUs(alarm: Alarm, gapUs: number, count: number, tells: 1 | 2): Promise<number[]> {
  const late: number[] = []
  let nextUs = nowUs() + gapUs
  const set = () => alarm.set(nextUs, tells === 2 ? nextUs + gapUs : undefined)
  await new Promise<void>((resolve) => {
    alarm.ringsAt(() => {
      for (; nextUs <= nowUs(); nextUs += gapUs) late.push(nowUs() - nextUs)
      if (late.length >= count) resolve()
      else set()
    })
    set()
  })
  return late
}

for (const tells of [1, 2] as const) {
  test(`it rings a fraction of a millisecond late, told of ${tells} at a time`, async (t) => {
    const late = await lateUs(await alarmFor(t), 1_700, 300, tells)
    // A timer of whole milliseconds is late by 0.65 ms on average.
    const p50 = median(late)
    assert.ok(p50 < 450, `${p50}`)
    assert.ok(Math.min(...late) >= 0)
  })
}

test('what is set for earlier than before is not slept through', async (t) => {
  const alarm = await alarmFor(t)
  const rung = new Promise<number>((resolve) => alarm.ringsAt(() => resolve(nowUs())))
  alarm.set(nowUs() + 60e6)
  await sleep(20)
  const dueUs = nowUs() + 2_000
  alarm.set(dueUs)
  const late = (await rung) - dueUs
  assert.ok(late >= 0 && late < 20_000, `${late}`)
})

test('it rings again until what was due is replaced, and then not', async (t) => {
  const alarm = await alarmFor(t)
  let rings = 0
  alarm.ringsAt(() => rings++)
  alarm.set(nowUs() + 1_000)
  await sleep(50)
  assert.ok(rings >= 5, `${rings}`)
  alarm.set(Number.POSITIVE_INFINITY)
  await sleep(10)
  rings = 0
  await sleep(50)
  assert.equal(rings, 0)
})

test('it goes from hand to hand and forgets what the one before had set', async () => {
  const first = await takeAlarm()
  let rings = 0
  first.ringsAt(() => rings++)
  first.set(nowUs() + 20_000)
  giveBack(first)
  assert.equal(await takeAlarm(), first)
  await sleep(60)
  assert.equal(rings, 0)
  giveBack(first)
})

test('a ring that is on its way when it changes hands is not heard by the next', async () => {
  const first = await takeAlarm()
  let rings = 0
  first.set(nowUs())
  // Nothing is heard meanwhile, and some rings wait.
  for (const untilUs = nowUs() + 5_000; nowUs() < untilUs; );
  giveBack(first)
  const next = await takeAlarm()
  next.ringsAt(() => rings++)
  next.set(nowUs() + 60e6)
  await sleep(20)
  assert.equal(next, first)
  assert.equal(rings, 0)
  giveBack(next)
})
