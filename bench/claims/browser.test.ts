/** The claims about what a browser gives away, for each outcome. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SchemeName } from '../../servers/scheme.ts'
import type { BrowserSeen } from '../record/types.ts'
import { summarize } from '../report/summarize.ts'
import { syntheticBrowser } from '../testing/synthetic-browser.ts'

type Options = Parameters<typeof syntheticBrowser>[0]
type Forgery = BrowserSeen['forgeries'][number]

async function judged(id: string, options: Options = {}) {
  const { run, results } = await syntheticBrowser(options)
  const found = summarize(run, results).claims.find((claim) => claim.id === id)
  return { ...(found ?? assert.fail('no claim')), plan: run.plan }
}

const only = (...schemes: SchemeName[]): Options => ({ plan: { schemes, schemesNamed: true } })
/** What was seen, with every forgery changed that fits. */
const forging =
  (fits: (one: Forgery) => boolean, to: Partial<Forgery>) =>
  (seen: BrowserSeen): BrowserSeen => ({
    ...seen,
    forgeries: seen.forgeries.map((one) => (fits(one) ? { ...one, ...to } : one)),
  })

test('payload-readable: supported when tokens are open and sessions are not, refuted by one that is otherwise', async () => {
  const found = await judged('payload-readable')
  assert.equal(found.verdict, 'supported')
  assert.match(
    found.sentence,
    /^base64 alone shows username and name of the user .*`jwt-hs256`.*, and nothing in .*`session-redis`/,
  )
  const open = await judged('payload-readable', {
    change: (seen, scheme) => (scheme === 'session-redis' ? { ...seen, readable: ['email'] } : seen),
  })
  assert.equal(open.verdict, 'refuted')
  const closed = await judged('payload-readable', {
    change: (seen, scheme) => (scheme === 'jwt-cookie' ? { ...seen, readable: [] } : seen),
  })
  assert.equal(closed.verdict, 'refuted')
})

test('payload-readable: undecided without a token or without a session, and on smoke runs', async () => {
  for (const options of [only('jwt-hs256'), only('session-redis'), { profile: 'smoke' as const }])
    assert.equal((await judged('payload-readable', options)).verdict, 'undecided')
})

test('xss: supported when storage is read and HttpOnly is not; whichever is otherwise refutes it', async () => {
  const { verdict, sentence, evidence, plan } = await judged('xss', only('jwt-hs256', 'session-redis'))
  assert.equal(verdict, 'supported')
  assert.match(
    sentence,
    /1 of 1 token in local storage, 1 of 1 cookie without `HttpOnly` and 0 of 1 cookie with it/,
  )
  assert.match(sentence, /it could use 2 of all 2/)
  assert.deepEqual(evidence.toSorted(), plan.map(({ id }) => id).toSorted())
  for (const keptIn of ['local-storage', 'http-only-cookie']) {
    const change = (seen: BrowserSeen): BrowserSeen => ({
      ...seen,
      thefts: seen.thefts.map((one) => (one.keptIn === keptIn ? { ...one, readable: !one.readable } : one)),
    })
    assert.equal((await judged('xss', { change })).verdict, 'refuted', keptIn)
  }
})

test('xss: undecided with one place alone', async () => {
  for (const scheme of ['jwt-hs256', 'session-redis'] as const)
    assert.equal((await judged('xss', only(scheme))).verdict, 'undecided')
})

test('csrf: as browsers are, it depends, since Lax lets a link through', async () => {
  const { verdict, sentence, boundary, estimates } = await judged('csrf')
  assert.equal(verdict, 'depends')
  assert.match(
    sentence,
    /no check, a link \(GET\), an image \(GET\), a form \(POST\) and a fetch \(POST\) of another site changed/,
  )
  assert.match(
    sentence,
    /a check .*, `SameSite=Strict` and a token in a header, each by itself, let nothing through$/,
  )
  assert.match(boundary ?? '', /: `SameSite=Lax` by itself lets a link \(GET\) through$/)
  assert.deepEqual(
    estimates.map(({ estimate }) => estimate.value),
    [4, 0, 1, 0, 0],
  )
})

test('csrf: supported when each defence stops everything', async () => {
  const change = forging(({ sameSite, from }) => sameSite === 'Lax' && from === 'cross-site', {
    changed: false,
  })
  const found = await judged('csrf', { change })
  assert.deepEqual([found.verdict, found.boundary], ['supported', null])
})

test('csrf: what a subdomain can do is not what the claim is about', async () => {
  const change = forging(({ from, sameSite }) => from === 'same-site' || sameSite === 'Lax', {
    changed: false,
  })
  assert.equal((await judged('csrf', { change })).verdict, 'supported')
})

test('csrf: refuted when nothing changes even without a defence', async () => {
  const change = forging(({ sameSite, check }) => sameSite === 'None' && !check, { changed: false })
  const found = await judged('csrf', { change })
  assert.equal(found.verdict, 'refuted')
  assert.match(found.sentence, /no request of another site changed something/)
})

test('csrf: undecided where a defence was not tried', async () => {
  const found = await judged('csrf', only('session-redis'))
  assert.equal(found.verdict, 'undecided')
  assert.match(found.sentence, /lacks a token in a header/)
})
