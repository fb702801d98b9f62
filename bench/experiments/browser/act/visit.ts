/** The browser of somebody who is logged in at the application, and who has other pages open beside it. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { Defences } from './defences.ts'
import { openSites, type Sites } from './sites.ts'

/** A step takes a fraction of a second; beyond this a page hangs. */
const STEP_TIMEOUT_MS = 15_000
const USER = { username: 'user0', password: 'password-0' }

export type Visit = Awaited<ReturnType<typeof logIn>>

/**
 * What goes on while somebody is logged in; afterwards everything that the browser kept is forgotten.
 *
 * @param server base URL of the real server
 * @param defences those of the server that are left
 * @throws Error when the login is refused
 */
export async function visiting<T>(
  browser: Browser,
  server: string,
  defences: Defences,
  work: (victim: Visit, sites: Sites) => Promise<T>,
): Promise<T> {
  const sites = await openSites(server, defences)
  try {
    const context = await browser.newContext({ ignoreHTTPSErrors: true })
    context.setDefaultTimeout(STEP_TIMEOUT_MS)
    try {
      return await work(await logIn(context, sites.origins.app), sites)
    } finally {
      await context.close()
    }
  } finally {
    await sites.close()
  }
}

/** By the application's own page. */
async function logIn(context: BrowserContext, app: string) {
  const page = await context.newPage()
  await page.goto(`${app}/app`)
  const status = await call<number>(page, 'login', USER.username, USER.password)
  if (status !== 200) throw new Error(`the application's page was answered ${status} to its login`)
  return {
    /** Another page in the same browser. */
    open: () => context.newPage(),
    /** What the application's own page finds to be remembered of its user. */
    theme: () => call<string | undefined>(page, 'theme'),
    /** A change by the application's own page. @returns the server's status */
    change: (theme: string) => call<number>(page, 'change', theme),
    /** What the browser keeps for the application's server: a token, or the value of the cookie. */
    credential: async () =>
      (await page.evaluate<string | null>('localStorage.getItem("token")')) ?? (await cookieOf(context)),
  }
}

/** By its prefix: a sticky proxy sets one too, without. */
async function cookieOf(context: BrowserContext): Promise<string> {
  const kept = (await context.cookies()).find(({ name }) => name.startsWith('__Host-'))
  if (kept === undefined) throw new Error('the browser keeps no cookie of the application')
  return kept.value
}

/** Calls a function of pages/app.html. */
function call<T>(page: Page, name: string, ...args: readonly string[]): Promise<T> {
  return page.evaluate<T>(`app.${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`)
}
