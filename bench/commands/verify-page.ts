/** `npm run verify:page`: how long a page of two thousand trials takes from opening to its first charts, on this machine. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { openBrowser } from '../fleet/tools/chromium.ts'
import { buildPage } from '../page/build.ts'
import { readRun } from '../record/run-dir.ts'
import type { TrialResult } from '../record/types.ts'
import { summarize } from '../report/summarize.ts'
import { medianInterval } from '../stats/median-interval.ts'
import { figure } from '../words/format.ts'

const OPENED = 15
const TRIALS = 2_000

/** Its own trials over and over, each time of later blocks, until there are enough. */
function enlarged(results: readonly TrialResult[]): TrialResult[] {
  return Array.from({ length: TRIALS }, (_, i) => {
    const result = results[i % results.length] as TrialResult
    const block = result.trial.block + 100 * Math.floor(i / results.length)
    return { ...result, trial: { ...result.trial, block, id: `${result.trial.arm.id}@${block}` } }
  })
}

/** @param folder of a run; its trials are repeated up to two thousand */
export async function renderTime(folder: string): Promise<void> {
  const { run, results } = await readRun(folder)
  const trials = enlarged(results)
  // The summary of the run as it is: what grows with trials on a page is its table and its data.
  const html = await buildPage(run, summarize(run, results), trials)
  const scratch = await mkdtemp(path.join(tmpdir(), 'authscale-page-'))
  const browser = await openBrowser()
  try {
    const file = path.join(scratch, 'report.html')
    await writeFile(file, html)
    const times: number[] = []
    for (let i = 0; i < OPENED; i++) times.push(await opened(browser, String(pathToFileURL(file))))
    const { value, lo, hi } = medianInterval(times)
    console.log(
      `${trials.length} trials, ${figure(Buffer.byteLength(html) / 1e6)} MB: from the navigation to the first charts and the table of trials ` +
        `${figure(value)} ms (${figure(lo)} to ${figure(hi)}, ${OPENED} times)`,
    )
  } finally {
    await browser.close()
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Milliseconds by the page's own clock, from the start of the navigation to a frame with what a reader sees first. */
async function opened(browser: Awaited<ReturnType<typeof openBrowser>>, url: string): Promise<number> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  try {
    await page.goto(url)
    await page.waitForSelector('html[data-painted]', { state: 'attached' })
    return Number(await page.locator('html').getAttribute('data-painted'))
  } finally {
    await page.close()
  }
}
