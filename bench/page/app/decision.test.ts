/** The first screen in a real browser: what is cheaper, by how much and how sure, at the load of who reads it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { adviceOf } from '../../decide/advice.ts'
import { basisOfRun } from '../../decide/basis.ts'
import { decide } from '../../decide/decision.ts'
import { USUAL } from '../../decide/load.ts'
import type { Point } from '../../record/types.ts'
import { summarize } from '../../report/summarize.ts'
import { pages } from '../../testing/page.ts'
import { syntheticRun } from '../../testing/synthetic-run.ts'
import { withTurns } from '../../testing/synthetic-turns.ts'
import { buildPage } from '../build.ts'

const { open, save } = pages()

const SCHEMES = ['none', 'session-redis', 'jwt-hs256', 'jwt-es256']
const ASKED = { ratesPerSec: [100, 500, 2_000], handlerUs: [0, 300] }

/** A run whose schemes take what `taxUs` says beyond the control. */
function made(taxUs: (scheme: string, point: Point) => number, noise: object = {}) {
  const { run, results } = syntheticRun({ experiments: ['cost'], blocks: 6, schemes: SCHEMES })
  const costUs = (scheme: string, point: Point) => 150 + (scheme === 'none' ? 0 : taxUs(scheme, point))
  const turns = withTurns(results, costUs, { ...ASKED, hostSd: 0.05, turnSd: 0.02, habit: 0.002, ...noise })
  return { run, turns, summary: summarize(run, turns) }
}

const TAXES: Readonly<Record<string, number>> = { 'session-redis': 240, 'jwt-hs256': 120, 'jwt-es256': 180 }
const twice = made((scheme) => TAXES[scheme] ?? 0)

const pageOf = async ({ run, turns, summary }: ReturnType<typeof made>, name: string) =>
  save(name, await buildPage(run, summary, turns))

/** As the page says it. */
async function said(page: Page) {
  const choice = page.locator('.choice')
  const data = await choice.evaluate((node) => ({ ...(node as HTMLElement).dataset }))
  return { text: await choice.innerText(), data, sure: await page.locator('.sure').innerText() }
}

test('in the first 800 pixels: the answer, its size and its certainty, each as its home has it', async () => {
  const { page, errors } = await open(await pageOf(twice, 'twice.html'))
  const { text, data, sure } = await said(page)
  const basis = basisOfRun(twice.run, twice.summary.costCurves) ?? assert.fail()
  const home = decide(basis, USUAL)
  assert.ok(!('missing' in home))
  assert.deepEqual(
    [Number(data.cores), Number(data.lo), Number(data.hi), data.outcome, data.cheaper],
    [home.byCores.value, home.byCores.lo, home.byCores.hi, 'little', 'jwt-hs256'],
  )
  assert.match(text, /^CPU should not decide it: jwt-hs256 saves 0\.1\d of a core\.$/)
  assert.match(
    sure,
    /^How sure: the 95 % interval of the one run leaves out zero\. Measured on 1 kind of machine/,
  )
  for (const part of ['h1', '.choice', '.advice', '.sure']) {
    const box = await page.locator(part).first().boundingBox()
    assert.ok(box && box.y + box.height <= 800, `${part} ends at ${box && box.y + box.height} px`)
  }
  const svg = page.locator('#decision-chart svg')
  const words = (await svg.textContent()) ?? ''
  for (const part of ['your load: 1,000/s', '0.24', '0.12', 'session-redis'])
    assert.ok(words.includes(part), part)
  assert.match(
    (await svg.locator('title').textContent()) ?? '',
    /a whole core apart from [\d,]+ requests\/s on$/,
  )
  assert.ok(words.includes('a core apart from'), 'the picture shows what its title says')
  assert.equal(
    await page.locator('.advice').innerText(),
    adviceOf(home, twice.summary.trade, (scheme) => scheme),
  )
  assert.deepEqual(errors, [])
})

test('the sentence follows the load across a swap, and stands in the address', async () => {
  const crossing = made((scheme, { perSec }) =>
    scheme === 'session-redis' ? ((perSec ?? 0) < 300 ? 400 : 60) : 180,
  )
  const { page } = await open(await pageOf(crossing, 'crossing.html'), '?handler=0')
  await page.locator('#ask-rps').fill('100')
  await page.waitForFunction(() =>
    document.querySelector('.choice')?.textContent?.includes('jwt-hs256 saves'),
  )
  assert.match(page.url(), /[?&]rps=100\b/)
  assert.match(await page.locator('#verdict').innerText(), /change places at .* requests\/s/)
  await page.locator('#ask-rps').fill('3000')
  await page.waitForFunction(() =>
    document.querySelector('.choice')?.textContent?.includes('session-redis saves'),
  )
  await page.reload()
  await page.waitForSelector('html[data-ready]', { state: 'attached' })
  assert.equal((await said(page)).data.cheaper, 'session-redis')
})

test('a difference that was not detected names no winner', async () => {
  const equal = made(() => 120, { hostSd: 0.2, turnSd: 0.1 })
  const { page } = await open(await pageOf(equal, 'equal.html'))
  const { text, data } = await said(page)
  assert.equal(data.cheaper, '')
  assert.match(text, /were not told apart/)
  assert.doesNotMatch(text, /saves|speaks/)
  assert.doesNotMatch(
    (await page.locator('#decision-chart title').textContent()) ?? '',
    /takes less|core apart/,
  )
})

test('handlers that take much make either do; the two schemes can be chosen, and swapped', async () => {
  const { page } = await open(await pageOf(twice, 'twice.html'), '?handler=9000')
  assert.match((await said(page)).text, /^CPU should not decide it: jwt-hs256 saves/)
  await page.locator('#ask-1').selectOption('session-redis')
  await page.waitForFunction(() => location.search.includes('pair=jwt-hs256'))
  assert.equal(await page.locator('#ask-0').inputValue(), 'jwt-hs256')
  assert.match((await said(page)).text, /^CPU should not decide it: jwt-hs256 saves/)
})

test('what is no load is taken out of the address, and names that nobody knows are as if nothing was said', async () => {
  const { page, errors } = await open(
    await pageOf(twice, 'twice.html'),
    '?rps=-5&handler=x&pair=sessions,jwe5',
  )
  assert.doesNotMatch(page.url(), /rps=-5|handler=x/)
  assert.equal(await page.locator('#ask-rps').inputValue(), '1')
  assert.equal(await page.locator('#ask-0').inputValue(), 'session-redis')
  assert.deepEqual(errors, [])
})

test('one part at a time: a link to a section opens the part that has it, and Back goes back', async () => {
  const { page } = await open(await pageOf(twice, 'twice.html'))
  const shown = () => page.locator('.tab:visible').evaluateAll((tabs) => tabs.map(({ id }) => id))
  assert.deepEqual(await shown(), ['answer'])
  await page.evaluate(() => {
    location.hash = 'cost-over-load'
  })
  await page.waitForFunction(() => document.querySelector('#part-cost')?.classList.contains('shown'))
  assert.deepEqual(await shown(), ['part-cost'])
  const top = await page.locator('#cost-over-load').evaluate((node) => node.getBoundingClientRect().top)
  assert.ok(top >= 0 && top < 200, `${top} px`)
  assert.equal(await page.locator('.tabs [aria-current]').innerText(), 'Cost')
  await page.goBack()
  await page.waitForFunction(() => document.querySelector('#answer')?.classList.contains('shown'))
})

test('a family is chosen at once, and the closed filter says that it is on', async () => {
  const { page } = await open(await pageOf(twice, 'twice.html'), '#cost-over-load')
  await page.locator('#filters summary').click()
  await page.getByRole('button', { name: 'sessions', exact: true }).click()
  await page.locator('#filters summary').click()
  assert.match(await page.locator('#filters summary').innerText(), /^1 of 3 schemes/)
  const names = await page
    .locator('#cost-over-load tbody tr:visible')
    .evaluateAll((rows) => rows.map((row) => row.querySelector('td')?.textContent))
  assert.ok(names.includes('session-redis') && !names.includes('jwt-hs256'), String(names))
  await page.locator('.tabs a').first().click()
  await page.waitForFunction(() => {
    const sentences = document.querySelector('#sentences')?.textContent ?? ''
    return sentences.includes('session-redis') && !sentences.includes('jwt-')
  })
})

test('without a script all parts are there, with the pictures beside the page; on paper too', async () => {
  const file = await pageOf(twice, 'twice.html')
  const html = await buildPage(twice.run, twice.summary, twice.turns)
  assert.match(html, /<noscript>[\s\S]*<img src="charts\/curves\.svg" alt="[^"]+">/)
  assert.match(html, /id="decision-chart"><div class="picture"><svg/)
  const { page } = await open(file)
  const places = (html.match(/data-chart=/g) ?? []).length
  assert.equal(await page.locator('[data-chart]').count(), 0, 'nothing is made before it is shown')
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')))
  await page.emulateMedia({ media: 'print' })
  assert.ok((await page.locator('.tab:visible').count()) > 3)
  assert.equal(await page.locator('[data-chart] svg').count(), places)
  assert.equal(await page.locator('[data-chart] img').count(), 0)
})

test('a mark says its figure with interval, n and p to who points at it or goes to it by the arrow keys', async () => {
  const { page } = await open(await pageOf(twice, 'twice.html'), '#cost-over-load')
  const card = page.locator('figure[data-chart="curves"]')
  await card.locator('svg').waitFor()
  await card.locator('.picture').focus()
  await page.keyboard.press('ArrowRight')
  const told = card.locator('.told')
  assert.match(await told.innerText(), /^\S+ · at [\d,]+\/s .*: \d+ \(\d+ to \d+\) µs added, n \d+, p /)
  const first = await told.innerText()
  await page.keyboard.press('ArrowRight')
  assert.notEqual(await told.innerText(), first)
  await card.locator('[ecmeta_data_index]').nth(3).click({ force: true })
  await page.waitForFunction(() => document.querySelector('#part-evidence')?.classList.contains('shown'))
  assert.match(page.url(), /trials=%2F\w+/)
})

test('every scheme stands beside one that the reader picks, which is in the address', async () => {
  const { page } = await open(await pageOf(twice, 'twice.html'), '#part-cost')
  const title = page.locator('#baseline svg title')
  assert.match((await title.textContent()) ?? '', /^Beside session-redis: 2 take less/)
  await page.locator('#baseline-scheme').selectOption('none')
  await page.waitForFunction(() =>
    document.querySelector('#baseline svg title')?.textContent?.includes('without auth'),
  )
  assert.match(page.url(), /base=none/)
})
