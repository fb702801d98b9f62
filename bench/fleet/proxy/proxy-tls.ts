/** How the proxy speaks TLS: one version and no other, with what a careful operator would choose for it. */
import type { Settings } from '../../record/types.ts'
export type TlsVersion = NonNullable<Settings['tls']>

/**
 * Mozilla's intermediate configuration (Server Side TLS 5.7), as far as it fits an ECDSA certificate. The server's own
 * order decides, so both versions encrypt with AES-128-GCM and agree on keys by X25519, whatever OpenSSL HAProxy was
 * built with: its newest ones would begin with another exchange.
 */
const CIPHERS = 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305'
const SUITES = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256'
const CURVES = 'X25519:P-256'

/** Lines of the section `global`. */
export const tlsGlobals = [
  `  ssl-default-bind-ciphers ${CIPHERS}`,
  `  ssl-default-bind-ciphersuites ${SUITES}`,
  `  ssl-default-bind-curves ${CURVES}`,
]

/**
 * What follows the address of `bind`. Clients resume with a ticket (RFC 5077; RFC 8446, 2.2): HAProxy hands them out
 * unless it is told not to, and its cache of sessions (`tune.ssl.cachesize`) is for those who cannot take one.
 *
 * @param file certificate and key
 */
export function tlsBind(version: TlsVersion, file: string): string {
  // Newer HAProxys offer HTTP/2 otherwise.
  return `ssl crt ${file} ssl-min-ver TLSv${version} ssl-max-ver TLSv${version} alpn http/1.1`
}
