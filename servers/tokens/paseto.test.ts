/** PASETO v4 against the test vectors of its specification, and against every token that differs from a right one. */
import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { vectors } from '../testing/vectors.ts'
import { type Beside, decryptLocal, encryptLocal, signPublic, verifyPublic } from './paseto.ts'

interface Vector {
  name: string
  'expect-fail': boolean
  token: string
  payload: string | null
  footer: string
  'implicit-assertion': string
  key?: string
  nonce?: string
  'secret-key-pem'?: string
  'public-key-pem'?: string
}

const file = vectors<{ tests: Vector[] }>('paseto-v4.json')
const besideOf = (vector: Vector): Beside => ({
  footer: vector.footer,
  assertion: vector['implicit-assertion'],
})

test('all 17 vectors: 12 are opened and made again to the letter, 5 are refused', {
  skip: file.missing,
}, () => {
  const all = file.data?.tests ?? []
  assert.equal(all.length, 17)
  for (const vector of all) {
    const opened = openedBy(vector)
    if (vector['expect-fail']) assert.equal(opened, undefined, vector.name)
    else {
      assert.equal(opened?.toString(), vector.payload, vector.name)
      assert.equal(madeAgain(vector), vector.token, vector.name)
    }
  }
})

function openedBy(vector: Vector): Buffer | undefined {
  if (vector.key !== undefined)
    return decryptLocal(vector.token, Buffer.from(vector.key, 'hex'), besideOf(vector))
  return verifyPublic(vector.token, createPublicKey(vector['public-key-pem'] ?? ''), besideOf(vector))
}

function madeAgain(vector: Vector): string {
  const message = Buffer.from(vector.payload ?? '')
  if (vector.key === undefined)
    return signPublic(message, createPrivateKey(vector['secret-key-pem'] ?? ''), besideOf(vector))
  const [key, nonce] = [vector.key, vector.nonce ?? ''].map((hex) => Buffer.from(hex, 'hex')) as [
    Buffer,
    Buffer,
  ]
  return encryptLocal(message, key, besideOf(vector), nonce)
}

const secret = randomBytes(32)
const pair = generateKeyPairSync('ed25519')
const purposes = {
  'v4.local': {
    make: (message: Buffer, beside: Beside) => encryptLocal(message, secret, beside),
    open: (token: string, beside: Beside) => decryptLocal(token, secret, beside),
  },
  'v4.public': {
    make: (message: Buffer, beside: Beside) => signPublic(message, pair.privateKey, beside),
    open: (token: string, beside: Beside) => verifyPublic(token, pair.publicKey, beside),
  },
}

for (const [name, { make, open }] of Object.entries(purposes)) {
  const anything = fc.record({
    message: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    footer: fc.string({ maxLength: 40 }),
    assertion: fc.string({ maxLength: 40 }),
  })

  test(`${name}: whatever is sealed is opened, with the same footer and assertion only`, () => {
    fc.assert(
      fc.property(anything, fc.string({ minLength: 1, maxLength: 5 }), ({ message, ...beside }, other) => {
        const token = make(message, beside)
        assert.deepEqual(open(token, beside), message)
        assert.equal(open(token, { ...beside, footer: beside.footer + other }), undefined)
        assert.equal(open(token, { ...beside, assertion: beside.assertion + other }), undefined)
      }),
    )
  })

  test(`${name}: no other text is opened: a character changed, added or left out, another spelling`, () => {
    const characters = [...'ABCabc019-_=. ']
    fc.assert(
      fc.property(
        anything,
        fc.nat(),
        fc.constantFrom('', ...characters),
        fc.boolean(),
        (sealed, place, text, inserts) => {
          const { message, ...beside } = sealed
          const token = make(message, beside)
          const at = place % (token.length + 1)
          const changed = token.slice(0, at) + text + token.slice(inserts ? at : at + 1)
          if (changed !== token) assert.equal(open(changed, beside), undefined, changed)
        },
      ),
      { numRuns: 300 },
    )
  })
}
