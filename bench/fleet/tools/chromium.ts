/** A real Chromium without a window, which reaches test hosts on loopback and nothing else. */
import type { Browser } from 'playwright-core'
import { environmentOf } from '../processes/child-environment.ts'
import { findChromium } from './tools.ts'

/** Reserved for tests (RFC 6761), so no page can mean a host that exists. */
const TEST_HOSTS = '*.test'
const LAUNCH_TIMEOUT_MS = 30_000

/**
 * It is ended with the process that opened it, however that ends: it leaves when its pipe is closed.
 *
 * @param netLog where Chromium logs all that it does on the network
 * @throws AuthscaleError CHROMIUM_MISSING, CHROMIUM_UNUSABLE
 */
export async function openBrowser({ netLog }: { netLog?: string } = {}): Promise<Browser> {
  const { command, env } = await findChromium()
  // Only who opens one waits for its driver to load.
  const { chromium } = await import('playwright-core')
  return chromium.launch({
    executablePath: command,
    env: { ...environmentOf('part'), ...env },
    args: [
      // In this order: the first rule that fits counts, and what has no address cannot be asked.
      `--host-resolver-rules=MAP ${TEST_HOSTS} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
      // A proxy would look names up by itself.
      '--no-proxy-server',
      ...(netLog === undefined ? [] : [`--log-net-log=${netLog}`]),
    ],
    // Its sandbox needs user namespaces, which containers forbid, or root. Only pages of this project are opened.
    chromiumSandbox: false,
    timeout: LAUNCH_TIMEOUT_MS,
  })
}
