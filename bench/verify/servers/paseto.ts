/** PASETO version 4 as far as forging needs it (paseto-spec, Version4.md): seals claims, written apart from the servers. */
import { createPrivateKey, randomBytes, sign } from 'node:crypto'
import { xchacha20 } from '@noble/ciphers/chacha.js'
import { blake2b } from '@noble/hashes/blake2.js'
import type { JWK } from 'jose'

const NONCE_BYTES = 32
const MAC_BYTES = 32

/** Times are ISO 8601 there; what is no number stays as it is. */
function messageOf(claims: Record<string, unknown>): Buffer {
  const timed = Object.entries(claims).map(([name, value]) => {
    const isTime = ['iat', 'exp', 'nbf'].includes(name) && typeof value === 'number'
    return [name, isTime ? new Date(value * 1_000).toISOString() : value]
  })
  return Buffer.from(JSON.stringify(Object.fromEntries(timed)))
}

export function publicPaseto(claims: Record<string, unknown>, jwk: JWK, assertion: string): string {
  const message = messageOf(claims)
  const footer = Buffer.from(JSON.stringify({ kid: jwk.kid }))
  const input = preAuthenticated(['v4.public.', message, footer, assertion])
  const signature = sign(null, input, createPrivateKey({ key: jwk, format: 'jwk' }))
  return `v4.public.${Buffer.concat([message, signature]).toString('base64url')}.${footer.toString('base64url')}`
}

export function localPaseto(claims: Record<string, unknown>, { k = '' }: JWK, assertion: string): string {
  const key = Buffer.from(k, 'base64url')
  const nonce = randomBytes(NONCE_BYTES)
  const derived = (purpose: string, dkLen: number) =>
    blake2b(Buffer.concat([Buffer.from(purpose), nonce]), { key, dkLen })
  const cipher = derived('paseto-encryption-key', 56)
  const body = Buffer.from(xchacha20(cipher.subarray(0, 32), cipher.subarray(32), messageOf(claims)))
  const input = preAuthenticated(['v4.local.', nonce, body, '', assertion])
  const mac = blake2b(input, { key: derived('paseto-auth-key-for-aead', 32), dkLen: MAC_BYTES })
  return `v4.local.${Buffer.concat([nonce, body, mac]).toString('base64url')}`
}

function preAuthenticated(pieces: readonly (string | Buffer)[]): Buffer {
  const length = (count: number) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(BigInt(count))
    return bytes
  }
  const parts = pieces
    .map((piece) => Buffer.from(piece as string))
    .flatMap((bytes) => [length(bytes.length), bytes])
  return Buffer.concat([length(pieces.length), ...parts])
}
