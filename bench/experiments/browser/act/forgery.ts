/** Requests that a foreign page makes a logged-in browser send: which of them change something, and what stops the others. */
import type { Browser, Page } from 'playwright-core'
import type { BrowserSeen } from '../../../record/types.ts'
import type { Sites } from './sites.ts'
import { type Visit, visiting } from './visit.ts'

/** Those of pages/hostile.html; the last two take its visitor to the application. */
export const REQUESTS: readonly Forgery['request'][] = [
  'img-get',
  'fetch-no-cors',
  'fetch-json',
  'link-get',
  'form-post',
]
const NAVIGATIONS: readonly Forgery['request'][] = ['link-get', 'form-post']

type Forgery = BrowserSeen['forgeries'][number]
type Transport = 'cookie' | 'bearer'
type Defended = Pick<Forgery, 'sameSite' | 'check'>

/** No defence, each by itself, what browsers do without being told, and all that the servers have together. */
const DEFENDED: Readonly<Record<Transport, readonly Defended[]>> = {
  cookie: [
    { sameSite: 'None', check: false },
    { sameSite: 'None', check: true },
    { sameSite: 'unset', check: false },
    { sameSite: 'Lax', check: false },
    { sameSite: 'Strict', check: false },
    { sameSite: 'Lax', check: true },
  ],
  // Browsers attach no token by themselves, so these servers check nothing.
  bearer: [{ sameSite: null, check: false }],
}

/** @param server its base URL */
export async function forge(browser: Browser, server: string, transport: Transport): Promise<Forgery[]> {
  const all = await Promise.all(DEFENDED[transport].map((defended) => forgeWith(browser, server, defended)))
  return all.flat()
}

/** @throws Error when the application's own page can change nothing either: then the others prove nothing */
function forgeWith(browser: Browser, server: string, defended: Defended): Promise<Forgery[]> {
  const { sameSite, check } = defended
  const defences = { sameSite: sameSite ?? 'Lax', httpOnly: true, check }
  return visiting(browser, server, defences, async (victim, sites) => {
    await requireChange(victim)
    const forgeries: Forgery[] = []
    for (const from of ['cross-site', 'same-site'] as const) {
      const page = await victim.open()
      for (const request of REQUESTS) {
        const became = await attempt({ victim, page, sites }, request, from)
        forgeries.push({ request, from, ...defended, ...became })
      }
    }
    return forgeries
  })
}

async function requireChange(victim: Visit): Promise<void> {
  const status = await victim.change('own')
  const theme = await victim.theme()
  if (status !== 200 || theme !== 'own')
    throw new Error(`a change by the application's own page was answered ${status} and left ${theme}`)
}

async function attempt(
  { victim, page, sites }: { victim: Visit; page: Page; sites: Sites },
  request: Forgery['request'],
  from: Forgery['from'],
): Promise<Pick<Forgery, 'arrived' | 'changed'>> {
  const { app, stranger, sibling } = sites.origins
  const theme = `${from} ${request}`
  sites.arrivals()
  const asked = new URLSearchParams({ request, app, theme })
  const hostile = `${from === 'cross-site' ? stranger : sibling}/hostile?${asked}`
  await page.goto(hostile, { waitUntil: 'commit' })
  if (NAVIGATIONS.includes(request)) await page.waitForURL(`${app}/change*`)
  else await page.waitForFunction('document.title === "done"')
  const [arrived = null] = sites.arrivals()
  return { arrived, changed: (await victim.theme()) === theme }
}
