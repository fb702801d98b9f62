/** Looked at before anything else is loaded: an older Node would fail in the middle, with words about syntax. */
import { readFileSync } from 'node:fs'

/** `>=20.19` */
const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  engines: { node: string }
}
const oldest = engines.node.replace('>=', '')

/** By major and minor, as `engines` of package.json has them. */
export function isTooOld(version: string, least = oldest): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number)
  return major < leastMajor || (major === leastMajor && minor < leastMinor)
}

if (isTooOld(process.versions.node)) {
  console.error(
    `error: this is Node ${process.versions.node}, and authscale needs ${oldest} or newer: install Node 24 (https://nodejs.org/en/download)`,
  )
  process.exit(1)
}
