/** What a real browser does with the credential of a scheme, at servers as they are in production. */
import { askFleet, type Surroundings } from '../../fleet/ask-fleet.ts'
import type { FleetSpec } from '../../fleet/fleet.ts'
import { openBrowser } from '../../fleet/tools/chromium.ts'
import type { BrowserSeen, Examine } from '../../record/types.ts'
import { forge } from './act/forgery.ts'
import { readableIn } from './act/readable.ts'
import { steal } from './act/theft.ts'

/** Some seconds; this is for machines that swap. */
const LIMIT_MS = 120_000

export async function examineInBrowser(
  _asked: Extract<Examine, { kind: 'browser' }>,
  spec: FleetSpec,
  surroundings: Surroundings,
): Promise<BrowserSeen> {
  const { transport } = spec.traits
  if (transport === 'none') throw new Error(`${spec.scheme} has no credential that a browser could keep`)
  // With Secure and __Host-, which load over plain HTTP cannot have.
  const asInProduction = { ...spec, settings: { ...spec.settings, plainHttp: false } }
  return await askFleet(surroundings, asInProduction, LIMIT_MS, async ({ url }) => {
    const browser = await openBrowser()
    try {
      return {
        kind: 'browser',
        version: browser.version(),
        readable: await readableIn(browser, url),
        thefts: await steal(browser, url, transport),
        forgeries: await forge(browser, url, transport),
      }
    } finally {
      await browser.close()
    }
  })
}
