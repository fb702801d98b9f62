/** Any wrong setting is one line that names the variable, whatever is wrong with it: never a stack trace. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { ConfigError, readConfig } from './config.ts'
import { schemeNames } from './scheme.ts'
import { cleanUp, everyScheme, makeKeys } from './testing/servers.ts'

const keys = await makeKeys()
after(cleanUp)
const ring: Record<string, unknown> = JSON.parse(keys)
const right = { SCHEME: 'none', KEYS: keys }

/** Every variable that takes only some texts, with what is taken for right now and then. */
const SETTINGS: Record<string, readonly string[]> = {
  ...{
    SCHEME: schemeNames,
    PORT: ['0'],
    REDIS_TIMEOUT_MS: ['250'],
    TTL_SEC: ['3600'],
    ABSOLUTE_TTL_SEC: ['43200'],
  },
  ...{
    ACCESS_TTL_SEC: ['300'],
    REFRESH_GRACE_SEC: ['10'],
    NEAR_CACHE_SEC: ['5'],
    USERS: ['10'],
    STATE_BYTES: ['1'],
  },
  ...{ PASSWORD_HASH: ['off'], TOUCH: ['0', '1'], AUTO_PIPELINING: ['1'], KEY_FORM: ['bytes'] },
  ...{
    DENYLIST_CACHE_SEC: ['1'],
    DENYLIST_DOWN: ['open'],
    PLAIN_HTTP: ['1'],
    HANDLER_US: ['500', '200,1000'],
  },
}
const ODD = [
  '',
  ' 1',
  '1 ',
  '1e3',
  '0x10',
  '-1',
  '-0',
  '1.5',
  '٣',
  'NaN',
  'Infinity',
  '9'.repeat(30),
  '__proto__',
  'true',
  '\n',
  ',',
  '1,',
  '1,,2',
]

for (const [name, sound] of Object.entries(SETTINGS))
  test(name, () => {
    const text = fc.oneof(fc.constantFrom(...ODD, ...sound), fc.string({ maxLength: 8 }))
    fc.assert(
      fc.property(text, (value) => {
        try {
          readConfig({ ...right, [name]: value }, schemeNames)
        } catch (error) {
          assert.ok(error instanceof ConfigError, String(error))
          assert.match(error.message, new RegExp(`^${name} is `))
          assert.ok(!error.message.includes('\n'))
        }
      }),
    )
    assert.throws(() => readConfig({ ...right, [name]: 'x' }, schemeNames), ConfigError)
  })

const WRONG = [
  null,
  5,
  'x',
  true,
  [],
  {},
  { kty: 'oct' },
  { kty: 'EC', crv: 'P-256' },
  { kty: 'RSA', kid: 'a' },
]
const ofOtherTypes = (from: object) =>
  Object.keys(from).flatMap((name) => WRONG.map((value) => ({ name, value })))

/** All that a ring may be with one part replaced: a whole key, a member of a key, the keys before. */
const rings = [
  ...ofOtherTypes(ring).map(({ name, value }) => ({ ...ring, [name]: value })),
  ...Object.keys(ring).flatMap((name) => {
    const jwk = ring[name]
    if (typeof jwk !== 'object' || jwk === null) return []
    return ofOtherTypes(jwk).map(({ name: member, value }) => ({
      ...ring,
      [name]: { ...jwk, [member]: value },
    }))
  }),
  ...WRONG.map((previous) => ({ ...ring, previous })),
  ...WRONG.map((value) => ({ ...ring, previous: { ES256: value, RS256: [value], 'v4.public': [value] } })),
]

test('KEYS: what is no ring', () => {
  for (const text of ['', '{', '[]', '5', 'null', '"x"', '{}', keys.slice(1), `${keys}x`])
    assert.throws(
      () => readConfig({ ...right, KEYS: text }, schemeNames),
      (error: unknown) => error instanceof ConfigError && /^KEYS /.test(error.message),
    )
})

// Where Redis is needed there is none here; their keys are read by the same code.
for (const { name, scheme } of everyScheme.filter(({ scheme }) => !scheme.traits.state.includes('redis')))
  test(`KEYS: a ring with one wrong part, ${name}`, async () => {
    let refused = 0
    for (const one of rings) {
      try {
        await (
          await scheme.open(readConfig({ SCHEME: name, KEYS: JSON.stringify(one) }, schemeNames))
        ).close()
      } catch (error) {
        assert.ok(
          error instanceof ConfigError,
          `${JSON.stringify(one).slice(0, 80)}: ${(error as Error).stack}`,
        )
        assert.match(error.message, /^KEYS[. ].*keygen/)
        assert.ok(!error.message.includes('\n'))
        refused += 1
      }
    }
    assert.ok(refused > 0)
  })
