/** A page of a run in a real browser, opened from a file as a reader would, with all that it complains about. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openBrowser } from '../fleet/tools/chromium.ts'

export interface Opened {
  page: Page
  /** Errors of scripts, and what the console was told of them. */
  errors: string[]
  /** Addresses asked for, besides the page itself. */
  requests: string[]
}

/** One browser for all tests of a file; each page has a context of its own. */
export function pages() {
  let browser: Browser
  let folder: string
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'authscale-page-'))
    browser = await openBrowser()
  })
  after(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })
  return {
    async save(name: string, html: string): Promise<string> {
      const file = path.join(folder, name)
      await writeFile(file, html)
      return file
    },
    /** @param query with its question mark */
    async open(file: string, query = '', options: BrowserContextOptions = {}): Promise<Opened> {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
      const page = await context.newPage()
      const errors: string[] = []
      const requests: string[] = []
      const address = String(pathToFileURL(file))
      page.on('pageerror', (error) => errors.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text())
      })
      page.on('request', (request) => {
        const asked = request.url()
        if (!/^(data|blob):/.test(asked) && !asked.startsWith(address)) requests.push(asked)
      })
      await page.goto(`${address}${query}`)
      await page.waitForSelector('html[data-ready]', { state: 'attached' })
      return { page, errors, requests }
    },
  }
}

/** Every chart of the page drawn, also those far below and in parts that are not shown at first. @returns how many there are */
export async function drawn(page: Page): Promise<number> {
  let count = 0
  const tabs = page.locator('.tabs a')
  for (let i = 0; i < (await tabs.count()); i++) {
    const hash = await tabs.nth(i).getAttribute('href')
    await tabs.nth(i).click()
    await page.waitForSelector(`.tab.shown${hash}`)
    for (const place of await page.locator('figure[data-chart]').all()) {
      if (!(await place.isVisible())) continue
      await place.scrollIntoViewIfNeeded()
      await place.locator('svg').waitFor()
      count++
    }
  }
  return count
}
