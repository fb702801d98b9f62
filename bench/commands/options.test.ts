/** What the user types becomes what the planner takes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { profileNames, profiles } from '../experiments/profiles.ts'
import type { ProfileName } from '../record/types.ts'
import { chosenExperiments } from '../run/choices.ts'
import { arm, arrivalRates, headroom, popularity, share, slo } from './options.ts'

test('an SLO is one bound or two, the other stays as it is by default', () => {
  const byDefault = { quantile: 'p99', limitMs: 50, maxErrorShare: 0.001 }
  assert.deepEqual(slo('p99<=50ms'), byDefault)
  assert.deepEqual(slo('p99.9 <= 0.2s'), { ...byDefault, quantile: 'p999', limitMs: 200 })
  assert.deepEqual(slo('errors<=1%'), { ...byDefault, maxErrorShare: 0.01 })
  assert.deepEqual(slo('p50<2.5ms, errors<=0%'), { quantile: 'p50', limitMs: 2.5, maxErrorShare: 0 })
  for (const text of ['', 'p99', 'p99<=50', 'p99<=0ms', 'p99>=50ms', 'errors<=101%', 'errors<=1%,errors<=2%'])
    assert.throws(() => slo(text), /It takes a bound such as/, text)
})

test('a share is written with its sign', () => {
  assert.equal(share('5%'), 0.05)
  assert.equal(share(' 2.5 % '), 0.025)
  for (const text of ['5', '0.05', '0%', '51%', '5%%'])
    assert.throws(() => share(text), /from 0.1% to 50%/, text)
})

test('a popularity is a law with its exponent', () => {
  assert.deepEqual(['uniform', 'zipf:0.8', ' zipf:1 ', 'zipf:0'].map(popularity), [0, 0.8, 1, 0])
  for (const text of ['', 'zipf', 'zipf:', 'zipf:4', 'zipf:-1', 'zipf:a', '0.8', 'zipf:1.2.3'])
    assert.throws(() => popularity(text), /uniform, or zipf:/, text)
})

test('arrival rates are whole numbers, each taken once', () => {
  assert.deepEqual(arrivalRates('1000, 500,1000'), [1_000, 500])
  assert.throws(() => arrivalRates('1000,'), /whole number/)
})

test('a profile has its experiments, and those that are named run in any', () => {
  const names = (profile: ProfileName, only?: string[]) =>
    chosenExperiments({ profile, ...(only && { only }) }).map(({ name }) => name)
  assert.deepEqual(names('standard'), ['cost', 'latency', 'replicas', 'users'])
  assert.deepEqual(names('standard', ['aa']), ['aa'])
  const everywhere = names('calibration')
  assert.deepEqual(names('quick'), ['cost'])
  for (const profile of profileNames.filter((name) => !profiles[name].brief)) {
    for (const name of everywhere) assert.ok(names(profile).includes(name), `${name} in ${profile}`)
  }
})

test('an arm is a scheme with versions, or as it is, after those before', () => {
  const one = arm('session-redis@connect-redis=8.0')
  assert.deepEqual(one, [{ scheme: 'session-redis', versions: { 'connect-redis': '8.0' } }])
  const versions = { '@noble/hashes': '2.0.0', node: '22' }
  const two = arm('paseto-v4-local@@noble/hashes=2.0.0, node=22', one)
  assert.deepEqual(two, [...one, { scheme: 'paseto-v4-local', versions }])
  assert.deepEqual(arm('none'), [{ scheme: 'none', versions: {} }])
  for (const [text, says] of [
    ['session@jose=6', /no scheme 'session'; choose from: none, /],
    ['none@redis=5', /No server loads 'redis'; choose from: node, @noble\/ciphers, .*jose/],
    ['none@express=4,express=5', /names a package twice/],
    ['none@', /It takes a scheme and versions/],
    ['none@express', /It takes a scheme and versions/],
    ['none@express=latest', /It takes a scheme and versions/],
    ['none@express=4.x', /'4\.x' is no version/],
    ['none@express=4.1.2.3', /is no version/],
    ['none@node=23', /no Node '23' to measure; choose from: 20, 22, 24, 26/],
  ] as const)
    assert.throws(() => arm(text), says, text)
})

test('arms are compared by an experiment of their own, beside no other', () => {
  const asked = arm('none@express=4')
  const named = chosenExperiments({ profile: 'full', arm: asked })
  assert.deepEqual(
    named.map(({ name }) => name),
    ['upgrades'],
  )
  for (const also of [{ only: ['cost'] }, { schemes: ['none' as const] }])
    assert.throws(() => chosenExperiments({ profile: 'quick', arm: asked, ...also }), { code: 'ARM_ALONE' })
  assert.throws(() => chosenExperiments({ profile: 'quick', only: ['upgrades'] }), { code: 'ARM_MISSING' })
  for (const profile of profileNames)
    assert.ok(chosenExperiments({ profile }).every(({ name }) => name !== 'upgrades'))
})

test('headroom is a share, also where it is written in per cent', () => {
  assert.deepEqual(['0.3', '30%', '0', '90 %'].map(headroom), [0.3, 0.3, 0, 0.9])
  for (const text of ['95%', '30', '-1', 'much']) assert.throws(() => headroom(text), /0% to 90%/)
})
