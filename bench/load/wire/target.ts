/** Where requests go, and how a connection to there is made, with TLS or without. */
import net, { type Socket } from 'node:net'
import tls, { type TLSSocket } from 'node:tls'

export interface Target {
  /** As the header `Host` has it. */
  authority: string
  isSecure: boolean
  /** Ready at its event `connect`, or `secureConnect` with TLS. */
  connect(session: Buffer | undefined): Socket | TLSSocket
}

export function targetOf(url: string): Target {
  const { protocol, hostname: host, port, host: authority } = new URL(url)
  const isSecure = protocol === 'https:'
  const address = { host, port: port === '' ? (isSecure ? 443 : 80) : Number(port) }
  if (!isSecure) return { authority, isSecure, connect: () => net.connect({ ...address, noDelay: true }) }
  // One for all: making a context takes longer than a handshake.
  const secureContext = tls.createSecureContext()
  return {
    authority,
    isSecure,
    connect: (session) => {
      const options = { ...address, ...UNVERIFIED, secureContext, ...(session && { session }) }
      return tls.connect(options).setNoDelay(true)
    },
  }
}

/**
 * The proxy's certificate is its own, made for this trial, and load goes to loopback alone. Its signature over the
 * handshake is checked all the same.
 */
export const UNVERIFIED = { rejectUnauthorized: false }
