/** Keeps one credential a user in a few bytes more than its length, so that 100,000 of them stay small. */
import type { Traits } from '../../servers/scheme.ts'
import { numberOf, type Shard, shareOf, WHOLE } from './shard.ts'

export const HEADER_OF_TRANSPORT = { none: 'X-User', cookie: 'Cookie', bearer: 'Authorization' } as const

const CHUNK_BYTES = 1 << 20

/**
 * Values of one request header by user, as bytes in large chunks outside the JavaScript heap: strings cut
 * from a reply keep the whole reply alive, and a Buffer of its own costs each value about 100 bytes more.
 */
export class Credentials {
  readonly transport: Traits['transport']
  /** Name of the request header that carries the credential. */
  readonly header: (typeof HEADER_OF_TRANSPORT)[Traits['transport']]
  /** Users of the whole job; a shard sets and sends only its own. */
  readonly users: number
  readonly shard: Shard
  readonly #chunks: Buffer[] = []
  #freeAt = CHUNK_BYTES
  readonly #start: Float64Array
  readonly #length: Uint32Array

  constructor(transport: Traits['transport'], users: number, shard: Shard = WHOLE) {
    this.transport = transport
    this.header = HEADER_OF_TRANSPORT[transport]
    this.users = users
    this.shard = shard
    this.#start = new Float64Array(users)
    this.#length = new Uint32Array(users)
  }

  /** How many users are the shard's own. */
  get own(): number {
    return shareOf(this.users, this.shard)
  }

  /** The shard's own user number `own`, by the number that all shards know it by. */
  user(own: number): number {
    return numberOf(own, this.shard)
  }

  /** Keeps the header value of a user. Throws a RangeError for one over 1 MiB, far above any header limit. */
  set(user: number, value: string): void {
    const length = Buffer.byteLength(value, 'latin1')
    if (length > CHUNK_BYTES) throw new RangeError(`a credential of ${length} bytes cannot be kept`)
    if (this.#freeAt + length > CHUNK_BYTES) {
      this.#chunks.push(Buffer.allocUnsafeSlow(CHUNK_BYTES))
      this.#freeAt = 0
    }
    this.#chunks.at(-1)?.write(value, this.#freeAt, 'latin1')
    this.#start[user] = (this.#chunks.length - 1) * CHUNK_BYTES + this.#freeAt
    this.#length[user] = length
    this.#freeAt += length
  }

  /** The header value of a user; empty before it was set. */
  get(user: number): string {
    const start = this.#start[user] ?? 0
    const at = start % CHUNK_BYTES
    const chunk = this.#chunks[Math.floor(start / CHUNK_BYTES)]
    return chunk?.toString('latin1', at, at + (this.#length[user] ?? 0)) ?? ''
  }
}
