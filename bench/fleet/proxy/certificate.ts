/**
 * A self-signed certificate for a proxy on loopback, made anew for each trial, so that no private key is ever stored
 * with the project.
 *
 * Node makes keys and signatures and no certificates. The one shape that is needed is short enough to be written out
 * (DER, ITU-T X.690; RFC 5280, 4.1): `openssl` may not be there, and a library would bring all of ASN.1 along.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

const DAY_MS = 86_400_000
/** Longer than any run, and from before now: the clocks of containers may differ. */
const VALID_DAYS = { before: 1, after: 30 }

const LOOPBACK = Buffer.from([127, 0, 0, 1])

/** As PEM: ECDSA on P-256 with SHA-256, for 127.0.0.1; what most new certificates of the web are. */
export function selfSigned(nowMs = Date.now()): { key: string; certificate: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = sequence(set(sequence(oid.commonName, text('authscale'))))
  const content = sequence(
    tagged(0, integer(Buffer.from([VERSION_3]))),
    // Positive, and not shorter when its first byte happens to be 0.
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    sequence(oid.ecdsaWithSha256),
    name,
    sequence(time(nowMs - VALID_DAYS.before * DAY_MS), time(nowMs + VALID_DAYS.after * DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(sequence(oid.subjectAltName, octets(sequence(der(0x87, LOOPBACK)))))),
  )
  const signature = sign('sha256', content, privateKey)
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    certificate: pem(sequence(content, sequence(oid.ecdsaWithSha256), bits(signature))),
  }
}

/** As X.509 counts. */
const VERSION_3 = 2

const oid = {
  /** 1.2.840.10045.4.3.2 */
  ecdsaWithSha256: der(0x06, Buffer.from('2a8648ce3d040302', 'hex')),
  /** 2.5.4.3 */
  commonName: der(0x06, Buffer.from('550403', 'hex')),
  /** 2.5.29.17 */
  subjectAltName: der(0x06, Buffer.from('551d11', 'hex')),
}

/** Tag, length, content. */
function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content)
  const { length } = body
  if (length > 0xffff) throw new RangeError('a DER value of more than 65,535 bytes')
  const short =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...short]), body])
}

const sequence = (...content: Buffer[]) => der(0x30, ...content)
const set = (...content: Buffer[]) => der(0x31, ...content)
const integer = (value: Buffer) => der(0x02, value)
const octets = (value: Buffer) => der(0x04, value)
const text = (value: string) => der(0x0c, Buffer.from(value))
const tagged = (number: number, value: Buffer) => der(0xa0 + number, value)
/** The leading byte says that no bit of the last one is unused. */
const bits = (value: Buffer) => der(0x03, Buffer.from([0]), value)
/** UTCTime, `YYMMDDHHMMSSZ`: until 2049. */
const time = (ms: number) =>
  der(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replace(/\D/g, '')}Z`))

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
