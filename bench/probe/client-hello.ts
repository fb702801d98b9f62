/**
 * The first message of a TLS handshake for one version and no other, and what a server's first answer to it says.
 *
 * Written out (RFC 6101, 2246, 4346, 5246, 8446), since no library offers SSLv3 any more. Each hello offers whatever its
 * version knows that fits an ECDSA certificate, so that a refusal is for the version and not for want of a cipher. SSLv3 has
 * no alert `protocol_version`: there a server says `handshake_failure`.
 */
import { randomBytes } from 'node:crypto'
import type { Measurement } from '../record/types.ts'

/** Of each version whether the server goes on with the handshake, and in words with the alert's name in the RFC. */
export type Answers = NonNullable<Measurement['protocols']>
type Protocol = keyof Answers
export type Answer = Answers[Protocol]

/** As they go over the wire. */
const CODES: Readonly<Record<Protocol, number>> = {
  SSLv3: 0x0300,
  'TLSv1.0': 0x0301,
  'TLSv1.1': 0x0302,
  'TLSv1.2': 0x0303,
  'TLSv1.3': 0x0304,
}

export const protocols = Object.keys(CODES) as Protocol[]

/** ECDHE with ECDSA and with RSA, then RSA alone; AES-CBC with SHA-1, which every version before 1.3 has. */
const OLD_CIPHERS = [0xc009, 0xc00a, 0xc013, 0xc014, 0x002f, 0x0035, 0x000a]
/** AES-GCM with SHA-256 and SHA-384. */
const CIPHERS_1_2 = [0xc02b, 0xc02c, 0xc02f, 0xc030]
const CIPHERS_1_3 = [0x1301, 0x1302, 0x1303]
/** Says that renegotiation would be the safe one (RFC 5746). */
const RENEGOTIATION = 0x00ff
/** X25519, and P-256. */
const GROUPS = [0x001d, 0x0017]
/** ECDSA and RSA with SHA-256 and SHA-384. */
const SIGNATURES = [0x0403, 0x0503, 0x0804, 0x0805, 0x0401, 0x0501]

const HANDSHAKE = 0x16
const ALERT = 0x15
const CLIENT_HELLO = 1
const SERVER_HELLO = 2
const SUPPORTED_VERSIONS = 43

const u16 = (...values: number[]) => Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]))
const short = (content: Buffer) => Buffer.concat([Buffer.from([content.length]), content])
const long = (content: Buffer) => Buffer.concat([u16(content.length), content])
const extension = (type: number, content: Buffer) => Buffer.concat([u16(type), long(content)])

/** One record with a ClientHello that is ready to be sent. */
export function clientHello(protocol: Protocol): Buffer {
  const code = CODES[protocol]
  const isNew = protocol === 'TLSv1.3'
  const hello = Buffer.concat([
    // 1.3 passes for 1.2 here, and names itself in an extension.
    u16(Math.min(code, CODES['TLSv1.2'])),
    randomBytes(32),
    short(randomBytes(isNew ? 32 : 0)),
    long(u16(...ciphersOf(protocol))),
    short(Buffer.from([0])),
    // Permitted in SSLv3 too (RFC 6101, 5.6.1.2), so that nothing but its number sets it apart from TLS 1.0.
    long(extensionsOf(protocol)),
  ])
  const length = Buffer.from([CLIENT_HELLO, 0, hello.length >> 8, hello.length & 0xff])
  const recordVersion = u16(protocol === 'SSLv3' ? code : CODES['TLSv1.0'])
  return Buffer.concat([Buffer.from([HANDSHAKE]), recordVersion, long(Buffer.concat([length, hello]))])
}

function ciphersOf(protocol: Protocol): number[] {
  if (protocol === 'TLSv1.3') return CIPHERS_1_3
  return [...(protocol === 'TLSv1.2' ? CIPHERS_1_2 : []), ...OLD_CIPHERS, RENEGOTIATION]
}

function extensionsOf(protocol: Protocol): Buffer {
  const knowsSignatures = protocol === 'TLSv1.2' || protocol === 'TLSv1.3'
  return Buffer.concat([
    extension(10, long(u16(...GROUPS))),
    extension(11, short(Buffer.from([0]))),
    ...(knowsSignatures ? [extension(13, long(u16(...SIGNATURES)))] : []),
    ...(protocol === 'TLSv1.3' ? newExtensions() : []),
  ])
}

/** Any 32 bytes are a public key of X25519. */
function newExtensions(): Buffer[] {
  const share = Buffer.concat([u16(GROUPS[0] as number), long(randomBytes(32))])
  return [extension(SUPPORTED_VERSIONS, short(u16(CODES['TLSv1.3']))), extension(51, long(share))]
}

/** Null while the answer is not complete. */
export function readAnswer(bytes: Buffer): Answer | null {
  if (bytes.length < 5 || bytes.length < 5 + bytes.readUInt16BE(3)) return null
  const content = bytes.subarray(5)
  if (bytes[0] === ALERT)
    return { accepted: false, answer: `alert ${ALERTS[content[1] ?? -1] ?? content[1]}` }
  if (bytes[0] !== HANDSHAKE || content[0] !== SERVER_HELLO)
    return { accepted: false, answer: 'an answer that is not TLS' }
  const code = versionIn(content)
  const name = protocols.find((one) => CODES[one] === code) ?? `version 0x${code.toString(16)}`
  return { accepted: true, answer: `ServerHello ${name}` }
}

/** The version that the server chose: 1.3 is told in an extension alone. */
function versionIn(hello: Buffer): number {
  const told = hello.readUInt16BE(4)
  // Type, length, version and random, the session's id, the cipher and the compression.
  let at = 38 + 1 + (hello[38] ?? 0) + 3 + 2
  while (at + 4 <= hello.length) {
    const [type, length] = [hello.readUInt16BE(at), hello.readUInt16BE(at + 2)]
    if (type === SUPPORTED_VERSIONS && length === 2) return hello.readUInt16BE(at + 4)
    at += 4 + length
  }
  return told
}

/** The ones that answer a hello (RFC 8446, 6). */
const ALERTS: Readonly<Record<number, string>> = {
  0: 'close_notify',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  40: 'handshake_failure',
  47: 'illegal_parameter',
  50: 'decode_error',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  109: 'missing_extension',
  112: 'unrecognized_name',
}
