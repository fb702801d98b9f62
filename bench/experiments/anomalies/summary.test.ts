/** What a report says of anomalies: the counts that were put into the records, with their exact intervals. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrialResult } from '../../record/types.ts'
import { markdownReport } from '../../report/markdown.ts'
import { summarySchema } from '../../report/schema.ts'
import { summarize } from '../../report/summarize.ts'
import { planOptions } from '../../testing/plan-options.ts'
import { syntheticRun } from '../../testing/synthetic-run.ts'
import { planTrials } from '../index.ts'
import { anomalies } from './plan.ts'

async function reported() {
  const chosen = await planOptions({
    profile: 'full',
    trials: 2,
    schemes: ['none', 'session-redis', 'jwt-refresh'],
  })
  const { trials, notes } = planTrials([anomalies], chosen, 1)
  const template = syntheticRun({ experiments: ['cost'], blocks: 1 })
  const run = { ...template.run, plan: trials, notes }
  const [first] = template.results
  if (!first?.ok) throw new Error('the template has no measurement')
  const results = trials.map((trial): TrialResult => {
    const isRenewed = trial.arm.scheme === 'jwt-refresh'
    const loggedOut = trial.arm.settings.refreshGraceSec ? 0 : 5
    const observed = {
      kind: 'anomalies' as const,
      updates: { n: 50, lost: 45, groups: 5, copies: isRenewed ? 50 : 5 },
      heldWrites: isRenewed ? null : { n: 25, undone: 3 },
      races: isRenewed ? { n: 5, clients: 8, successors: [1, 1, 1, 2, 1], let: 7, loggedOut } : null,
      lostReplies: isRenewed ? { n: 5, wentOn: 5 - loggedOut, copies: 4, letIn: loggedOut ? 0 : 4 } : null,
      strays: { n: 30, refused: 0 },
      wrongUsers: 0,
      hangs: trial.block === 1 && isRenewed ? 1 : 0,
    }
    return { ...first, trial, measurement: { ...first.measurement, observed } }
  })
  const summary = summarize(run, results)
  return { run, summary, text: markdownReport(run, summary, []) }
}

test('counts of all blocks add up, and shares have exact intervals', async () => {
  const { summary, run } = await reported()
  assert.deepEqual(summary.arms, [], 'what observes is no figure of a scheme')
  assert.deepEqual(
    summary.anomalies.map(({ scheme, variant }) => [scheme, variant]),
    [
      ['session-redis', null],
      ['jwt-refresh', 'grace-10-s'],
      ['jwt-refresh', 'strict'],
    ],
  )
  const [session, lenient, strict] = summary.anomalies
  assert.deepEqual([session?.undoneLogouts?.seen, session?.undoneLogouts?.n, session?.races], [6, 50, null])
  assert.ok((session?.undoneLogouts?.lo ?? 0) > 0.04 && (session?.undoneLogouts?.hi ?? 1) < 0.25)
  assert.deepEqual([session?.copiesPerGroup, strict?.copiesPerGroup], [1, 10])
  assert.deepEqual(
    [strict?.races?.manySuccessors.seen, strict?.races?.mostSuccessors, strict?.races?.n],
    [2, 2, 10],
  )
  assert.deepEqual(
    [strict?.races?.loggedOut.seen, lenient?.races?.loggedOut.seen, lenient?.races?.letPerRace],
    [10, 0, 1.4],
  )
  const { lostReplies } = lenient ?? {}
  assert.deepEqual([lostReplies?.wentOn.seen, lostReplies?.wentOn.n], [10, 10])
  assert.deepEqual([lostReplies?.copiesLetIn.seen, lostReplies?.copiesLetIn.n], [8, 8])
  assert.deepEqual([strict?.lostReplies?.wentOn.seen, session?.lostReplies], [0, undefined])
  assert.equal(summary.anomalies.flatMap(({ trials }) => trials).length, run.plan.length)
  assert.deepEqual(summarySchema.parse(summary), summary)
})

test('the tables show them, and what must not be is said first', async () => {
  const { text } = await reported()
  assert.match(text, /\*\*jwt-refresh \(strict\): 0 answers named another user, 1 never came\.\*\*/)
  assert.match(
    text,
    /\| session-redis \| 90 of 100 \(82 to 95 %\) \| 1\.00 \| 6 of 50 \(4\.5 to 24 %\) \| 0 of 60 \(0 to 6 %\) \|/,
  )
  assert.match(text, /\| jwt-refresh \(grace-10-s\) \| 2 of 10 .*\| 2 \| 1\.40 \| 0 of 10/)
  assert.match(text, /\| jwt-refresh \(strict\) \| 0 of 10 \(0 to 31 %\) \| 0 of 8 \(0 to 37 %\) \|/)
})
