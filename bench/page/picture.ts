/** A picture of a page for where no page can be shown. */
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { openBrowser } from '../fleet/tools/chromium.ts'

/** What a reader sees first on a desk. */
export const PICTURE = { width: 1280, height: 900 } as const

/**
 * @param file of the page
 * @throws AuthscaleError CHROMIUM_MISSING, CHROMIUM_UNUSABLE
 */
export async function pictureOf(file: string, picture: string): Promise<void> {
  const browser = await openBrowser()
  try {
    const page = await browser.newPage({ viewport: PICTURE, colorScheme: 'light' })
    await page.goto(String(pathToFileURL(path.resolve(file))))
    await page.waitForSelector('html[data-painted]', { state: 'attached' })
    await page.screenshot({ path: picture })
  } finally {
    await browser.close()
  }
}
