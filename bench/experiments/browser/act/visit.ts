/** The browser of somebody who is logged in at the application, and who has other pages open beside it. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { Sites } from './sites.ts'

/** A step takes a fraction of a second; beyond this a page hangs. */
const STEP_TIMEOUT_MS = 15_000
const USER = { username: 'user0', password: 'password-0' }

export interface Visit {
  /** Another page in the same browser. */
  open(): Promise<Page>
  /** What the application's own page finds to be remembered of its user. */
  theme(): Promise<string | undefined>
  /** A change by the application's own page. @returns the server's status */
  change(theme: string): Promise<number>
  /** What the browser keeps for the application's server: a token, or the value of the cookie. */
  credential(): Promise<string>
  /** Everything that the browser kept is forgotten. */
  end(): Promise<void>
}

/** Logs in by the application's own page. @throws Error when the login is refused */
export async function visit(browser: Browser, { origins }: Sites): Promise<Visit> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true })
  context.setDefaultTimeout(STEP_TIMEOUT_MS)
  try {
    const page = await logIn(context, origins.app)
    return {
      open: () => context.newPage(),
      theme: () => call(page, 'theme'),
      change: (theme) => call(page, 'change', theme),
      credential: async () =>
        (await page.evaluate<string | null>('localStorage.getItem("token")')) ?? (await cookieOf(context)),
      end: () => context.close(),
    }
  } catch (error) {
    await context.close()
    throw error
  }
}

/** By its prefix: a sticky proxy sets one too, without. */
async function cookieOf(context: BrowserContext): Promise<string> {
  const kept = (await context.cookies()).find(({ name }) => name.startsWith('__Host-'))
  if (kept === undefined) throw new Error('the browser keeps no cookie of the application')
  return kept.value
}

async function logIn(context: BrowserContext, app: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${app}/app`)
  const status = await call<number>(page, 'login', USER.username, USER.password)
  if (status !== 200) throw new Error(`the application's page was answered ${status} to its login`)
  return page
}

/** Calls a function of pages/app.html. */
function call<T>(page: Page, name: string, ...args: readonly string[]): Promise<T> {
  return page.evaluate<T>(`app.${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`)
}
