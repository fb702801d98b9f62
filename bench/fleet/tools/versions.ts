/** What servers can be given another version of. Pure: whoever reads what a user typed needs no more. */

/** By major, exact versions of Node, so that two machines speak of the same ones; 24 as package.json pins it, 26 is the newest. */
export const NODE_VERSIONS: Readonly<Record<string, string>> = {
  20: '20.20.2',
  22: '22.23.3',
  24: '24.21.0',
  26: '26.10.0',
}

/** What servers import from npm. */
export const SERVER_PACKAGES = [
  '@noble/ciphers',
  '@noble/hashes',
  'connect-redis',
  'express',
  'express-session',
  'fast-jwt',
  'ioredis',
  'jose',
  'prom-client',
] as const
