/** The claim about old versions of SSL and TLS, for each outcome. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrialResult } from '../record/types.ts'
import { summarize } from '../report/summarize.ts'
import { changing, near } from '../testing/claims.ts'
import { failedRecord } from '../testing/synthetic-run.ts'
import { PROXY_US, REDIS_US, REPLICA_US, syntheticTls } from '../testing/synthetic-tls.ts'

type Options = Parameters<typeof syntheticTls>[0]

async function judged(options: Options = {}) {
  const { run, results } = await syntheticTls(options)
  const found = summarize(run, results).claims.find(({ id }) => id === 'tls')
  return { ...(found ?? assert.fail('no claim')), plan: run.plan }
}

/** The probe's answers of these arms, changed. */
const answering = (which: RegExp, protocol: 'SSLv3' | 'TLSv1.0' | 'TLSv1.1' | 'TLSv1.2', accepted: boolean) =>
  changing(which, ({ protocols }) => ({
    protocols: protocols && { ...protocols, [protocol]: { accepted, answer: 'as the test says' } },
  }))

const without =
  (which: RegExp) =>
  (result: TrialResult): TrialResult =>
    which.test(result.trial.id) ? failedRecord(result) : result

test('supported when SSLv3, TLS 1.0 and 1.1 were refused and the newer ones spoken', async () => {
  const { verdict, sentence, evidence, plan, estimates, boundary } = await judged()
  assert.equal(verdict, 'supported')
  assert.equal(boundary, null)
  assert.match(
    sentence,
    /^SSLv3, TLS 1\.0 and TLS 1\.1 are refused by a proxy .* each offered in 55 trials; /,
  )
  assert.deepEqual(
    evidence,
    plan.map(({ id }) => id),
  )
  assert.equal(estimates[0]?.estimate.value, 0)
  assert.equal(estimates[0]?.estimate.n, 5)
})

test('the costs are those that were put in, beside the session’s', async () => {
  const { estimates, sentence } = await judged()
  const of = (label: string) => estimates.find((one) => one.label === label)?.estimate.value
  near(of('proxy CPU a request, TLS 1.3, new connection'), PROXY_US['tls13-new'] ?? 0)
  near(of('proxy CPU a request, plain HTTP, kept alive'), PROXY_US['plain-kept'] ?? 0)
  const tax = (REPLICA_US['session-redis'] ?? 0) + REDIS_US - (REPLICA_US.none ?? 0)
  const share = of('what TLS 1.2, resumed adds, as a share of the auth tax of session-redis')
  near(share, ((PROXY_US['tls12-resumed'] ?? 0) - (PROXY_US['plain-new'] ?? 0)) / tax, 0.05)
  assert.match(sentence, /TLS 1\.3 adds (4\.9|5\.0)\d* µs \(.* to a kept-alive request, 3(54|55|56) µs \(/)
  assert.match(sentence, /2(84|85|86) µs .* to a resumed one, where `session-redis` adds 1(49|50|51) µs/)
})

test('refuted by a single trial in which an old version was accepted', async () => {
  for (const protocol of ['SSLv3', 'TLSv1.0', 'TLSv1.1'] as const) {
    const change = (result: TrialResult) =>
      result.trial.id === 'tls/none/tls13-new@2' ? answering(/tls13-new$/, protocol, true)(result) : result
    const { verdict, sentence, estimates } = await judged({ change })
    assert.equal(verdict, 'refuted', protocol)
    assert.match(sentence, /^(SSLv3|TLS 1\.[01]) is accepted by a proxy/)
    assert.equal(estimates[0]?.estimate.value, 1)
  }
})

test('undecided without records, and where a version was never seen to be spoken', async () => {
  const none = await judged({ change: without(/./) })
  assert.deepEqual([none.verdict, none.estimates, none.evidence], ['undecided', [], []])
  const half = await judged({ change: without(/tls12/) })
  assert.equal(half.verdict, 'undecided')
  assert.match(half.sentence, /seen to speak TLS 1\.2$/)
  const deaf = await judged({ change: answering(/tls12/, 'TLSv1.2', false) })
  assert.equal(deaf.verdict, 'undecided', 'a proxy that refuses everything proves nothing')
})

test('undecided in a smoke run', async () => {
  assert.equal((await judged({ profile: 'smoke' })).verdict, 'undecided')
})

test('costs that were not told from nothing are not printed as figures', async () => {
  const { verdict, sentence } = await judged({ noise: 0.4 })
  assert.equal(verdict, 'supported', 'what is refused does not depend on them')
  assert.match(sentence, /adds nothing detected to a kept-alive request/)
  const onlyTls = await judged({ change: without(/plain/) })
  assert.equal(onlyTls.verdict, 'supported')
  assert.doesNotMatch(onlyTls.sentence, /µs/)
})
