/** Each scheme of the registry is of one kind, and of the kind that it declares. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { schemeNames } from '../../servers/scheme.ts'
import { FAMILIES, familyOf, inFamilies } from './families.ts'

test('every family has schemes, and tokens that nobody can read are encrypted', () => {
  const of = Object.fromEntries(
    FAMILIES.map((family) => [family, schemeNames.filter((scheme) => familyOf(scheme) === family)]),
  )
  assert.deepEqual(of.control, ['none'])
  assert.deepEqual(of['encrypted tokens'], ['jwe', 'paseto-v4-local'])
  assert.ok(of.sessions?.every((scheme) => scheme.startsWith('session')))
  assert.ok(of['signed tokens']?.includes('jwt-denylist') && of['signed tokens'].includes('paseto-v4-public'))
})

test('rows are grouped by family, and sorted by value within each; what has none is last', () => {
  const items = [
    { scheme: 'jwe', value: 1 },
    { scheme: 'jwt-hs256', value: 5 },
    { scheme: 'session-redis', value: 9 },
    { scheme: 'jwt-es256', value: 3 },
    { scheme: 'session-memory', value: null },
    { scheme: 'none', value: 7 },
  ]
  const order = (first: 'least' | 'most') =>
    inFamilies(items, (one) => one, first).map(({ scheme }) => scheme)
  assert.deepEqual(order('least'), [
    ...['none', 'session-redis', 'session-memory', 'jwt-es256', 'jwt-hs256', 'jwe'],
  ])
  assert.deepEqual(order('most').slice(3, 5), ['jwt-hs256', 'jwt-es256'])
})
