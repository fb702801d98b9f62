/** Our guard and express-session find the same cookies in a header, whatever is in it. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import fc from 'fast-check'
import { cookiesNamed } from './credentials.ts'

type Parse = (header: string, options: { decode(text: string): string }) => Record<string, string | undefined>
/** The very copy that express-session reads cookies with. */
const ofExpressSession = createRequire(import.meta.resolve('express-session'))('cookie') as { parse: Parse }

/** Made of what decides where a cookie begins and ends. */
const header = fc
  .array(
    fc.constantFrom(
      'sid',
      '__Host-sid',
      'x',
      '=',
      '=',
      ';',
      ';',
      ' ',
      '\t',
      '"',
      '%20',
      ',',
      'é',
      '=sid',
      ';sid=',
    ),
    {
      maxLength: 14,
    },
  )
  .map((parts) => parts.join(''))
/** One quote alone counts as both there. */
const unquoted = (value: string) =>
  value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value

test('the first one is what express-session reads', () => {
  fc.assert(
    fc.property(header, (text) => {
      const [first] = cookiesNamed(text, 'sid')
      const read = ofExpressSession.parse(text, { decode: (value) => value }).sid
      assert.equal(first === undefined ? undefined : unquoted(first), read)
    }),
    { numRuns: 20_000 },
  )
})

test('each one is counted', () => {
  const blanks = /^[ \t]*|[ \t]*$/g
  fc.assert(
    fc.property(header, (text) => {
      const pairs = text.split(';').filter((pair) => pair.includes('='))
      const named = pairs.filter((pair) => pair.slice(0, pair.indexOf('=')).replace(blanks, '') === 'sid')
      assert.equal(cookiesNamed(text, 'sid').length, named.length)
    }),
    { numRuns: 20_000 },
  )
})
