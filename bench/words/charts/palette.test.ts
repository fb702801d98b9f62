/** Colours and symbols stay with their schemes, whatever schemes are added. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { schemeNames } from '../../../servers/scheme.ts'
import { lookOf } from './palette.ts'

const both = ({ color, symbol }: ReturnType<typeof lookOf>) => `${color} ${symbol}`

test('each scheme of the registry has a colour of its own', () => {
  assert.equal(new Set(schemeNames.map((scheme) => lookOf(scheme).color)).size, schemeNames.length)
})

test('a family has a hue: the control is grey, and what stands first in a family keeps its shade', () => {
  const some = ['none', 'session-memory', 'session-redis', 'jwt-hs256', 'jwt-eddsa', 'jwe', 'paseto-v4-local']
  assert.deepEqual(
    some.map((scheme) => lookOf(scheme).color),
    ['#767676', '#d95f0e', '#cc3311', '#2171b5', '#004d73', '#117733', '#5a8a00'],
  )
})

/** WCAG 2.2: relative luminance, and the contrast of two of them. */
function contrastOnWhite(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05)
}

test('every scheme stands out from the page, 3:1 at least', () => {
  assert.ok(Math.abs(contrastOnWhite('#767676') - 4.54) < 0.01)
  for (const scheme of [...schemeNames, 'made-up']) {
    const { color } = lookOf(scheme)
    assert.ok(contrastOnWhite(color) >= 3, `${scheme}: ${color}`)
  }
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
