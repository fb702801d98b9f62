/**
 * PASETO version 4 (paseto-standard/paseto-spec, docs/01-Protocol-Versions/Version4.md): seals and opens messages, and
 * knows nothing of what is in them.
 *
 * Written here because no library on npm does both purposes and refuses all that it must: one has no v4.local, the other
 * takes two of the five test vectors that must fail. The primitives are node:crypto's and noble's.
 */
import { type KeyObject, randomBytes, sign, timingSafeEqual, verify } from 'node:crypto'
import { xchacha20 } from '@noble/ciphers/chacha.js'
import { blake2b } from '@noble/hashes/blake2.js'

const NONCE_BYTES = 32
const MAC_BYTES = 32
const SIGNATURE_BYTES = 64
const PUBLIC = 'v4.public.'
const LOCAL = 'v4.local.'

/** What is authenticated beside the message: the footer travels in the token, the assertion does not. */
export interface Beside {
  footer?: string
  assertion?: string
}

/** @param key private, Ed25519 */
export function signPublic(
  message: Buffer,
  key: KeyObject,
  { footer = '', assertion = '' }: Beside = {},
): string {
  const signature = sign(null, encoded([PUBLIC, message, footer, assertion]), key)
  return token(PUBLIC, Buffer.concat([message, signature]), footer)
}

/**
 * The message, or undefined where it is not one of this purpose with this key, footer and assertion, spelled the one way.
 * @param key public, Ed25519
 */
export function verifyPublic(text: string, key: KeyObject, beside: Beside = {}): Buffer | undefined {
  const body = bodyOf(text, PUBLIC, beside)
  if (!body || body.length < SIGNATURE_BYTES) return undefined
  const message = body.subarray(0, -SIGNATURE_BYTES)
  const { footer = '', assertion = '' } = beside
  const signed = encoded([PUBLIC, message, footer, assertion])
  return verify(null, signed, key, body.subarray(-SIGNATURE_BYTES)) ? message : undefined
}

/**
 * @param key 32 bytes
 * @param nonce 32 bytes, never used before; only test vectors give one
 */
export function encryptLocal(
  message: Buffer,
  key: Buffer,
  { footer = '', assertion = '' }: Beside = {},
  nonce: Buffer = randomBytes(NONCE_BYTES),
): string {
  const { cipherKey, counterNonce, macKey } = split(key, nonce)
  const sealed = Buffer.from(xchacha20(cipherKey, counterNonce, message))
  const mac = macOf(macKey, [LOCAL, nonce, sealed, footer, assertion])
  return token(LOCAL, Buffer.concat([nonce, sealed, mac]), footer)
}

/** The message, or undefined as for `verifyPublic`. @param key 32 bytes */
export function decryptLocal(text: string, key: Buffer, beside: Beside = {}): Buffer | undefined {
  const body = bodyOf(text, LOCAL, beside)
  if (!body || body.length < NONCE_BYTES + MAC_BYTES) return undefined
  const nonce = body.subarray(0, NONCE_BYTES)
  const sealed = body.subarray(NONCE_BYTES, -MAC_BYTES)
  const { cipherKey, counterNonce, macKey } = split(key, nonce)
  const { footer = '', assertion = '' } = beside
  const mac = macOf(macKey, [LOCAL, nonce, sealed, footer, assertion])
  if (!timingSafeEqual(mac, body.subarray(-MAC_BYTES))) return undefined
  return Buffer.from(xchacha20(cipherKey, counterNonce, sealed))
}

function token(header: string, body: Buffer, footer: string): string {
  const end = footer === '' ? '' : `.${Buffer.from(footer).toString('base64url')}`
  return header + body.toString('base64url') + end
}

/** The bytes between header and footer; undefined where header, footer or spelling is wrong. */
function bodyOf(text: string, header: string, { footer = '' }: Beside): Buffer | undefined {
  if (!text.startsWith(header)) return undefined
  const [part = '', end = ''] = text.slice(header.length).split('.')
  const body = Buffer.from(part, 'base64url')
  // Made again, it must be the same text: no other spelling of a byte, no empty footer, nothing behind it.
  return Buffer.from(end, 'base64url').toString() === footer && token(header, body, footer) === text
    ? body
    : undefined
}

/** Pre-authentication encoding: the number of pieces, and each with its length before it, in 64 bits. */
function encoded(pieces: readonly (Buffer | string)[]): Buffer {
  const parts = pieces.flatMap((piece) => {
    const bytes = Buffer.from(piece as string)
    return [length(bytes.length), bytes]
  })
  return Buffer.concat([length(pieces.length), ...parts])
}

/** Little-endian; the specification clears the highest bit, which no length here reaches. */
function length(count: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(count))
  return bytes
}

function split(key: Buffer, nonce: Buffer) {
  const derived = (purpose: string, dkLen: number) =>
    blake2b(Buffer.concat([Buffer.from(purpose), nonce]), { key, dkLen })
  const both = derived('paseto-encryption-key', 56)
  return {
    cipherKey: both.subarray(0, 32),
    counterNonce: both.subarray(32),
    macKey: derived('paseto-auth-key-for-aead', 32),
  }
}

function macOf(key: Uint8Array, pieces: readonly (Buffer | string)[]): Uint8Array {
  return blake2b(encoded(pieces), { key, dkLen: MAC_BYTES })
}
