/** Colours and symbols stay with their schemes, whatever schemes are added. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { schemeNames } from '../../../servers/scheme.ts'
import { lookOf } from './palette.ts'

const both = ({ color, symbol }: ReturnType<typeof lookOf>) => `${color} ${symbol}`

test('each scheme of the registry has a colour of its own', () => {
  assert.equal(new Set(schemeNames.map((scheme) => lookOf(scheme).color)).size, schemeNames.length)
})

test('published charts keep their colours: a new scheme stands at the end of the registry', () => {
  const some = ['none', 'session-redis', 'session-redis-cached', 'jwt-hs256', 'jwt-eddsa', 'paseto-v4-local']
  assert.deepEqual(
    some.map((scheme) => lookOf(scheme).color),
    ['#767676', '#aa3377', '#ddaa33', '#4477aa', '#332288', '#666633'],
  )
})

test('a scheme that is added changes no other’s look, and takes none that is taken', () => {
  const registry: string[] = [...schemeNames]
  const before = new Map<string, string>(schemeNames.map((scheme) => [scheme, both(lookOf(scheme))]))
  for (let added = 1; registry.length < 100; added++) {
    const scheme = `made-up-${added}`
    registry.push(scheme)
    const look = both(lookOf(scheme, registry))
    assert.ok(![...before.values()].includes(look), `${scheme}: ${look}`)
    for (const [name, own] of before) assert.equal(both(lookOf(name, registry)), own, name)
    before.set(scheme, look)
  }
})

test('a scheme that the registry does not have looks like none that it has', () => {
  const taken = schemeNames.map((scheme) => both(lookOf(scheme)))
  assert.ok(!taken.includes(both(lookOf('made-up'))))
})
