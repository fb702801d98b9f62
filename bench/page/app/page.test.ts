/** The report page in a real browser: from a file, without a network, by mouse and by keyboard. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { readRun } from '../../record/run-dir.ts'
import type { Run } from '../../record/types.ts'
import { summarize } from '../../report/summarize.ts'
import { run } from '../../testing/cli.ts'
import { drawn, pages } from '../../testing/page.ts'
import { syntheticLadders } from '../../testing/synthetic-ladders.ts'
import { buildPage } from '../build.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const PUBLISHED = 'results/published/2026-11-25-amd-epyc-2-cores'
const stored = await readRun(path.join(root, PUBLISHED))
const { open, save } = pages()

/** Of a whole published run, the largest that there is. */
const summary = summarize(stored.run, stored.results)
const full = await buildPage(stored.run, summary, stored.results)

async function synthetic(change: (run: Run) => Run = (run) => run, seed = 1): Promise<string> {
  const { run, results } = syntheticLadders({ blocks: 5, closed: { seed } }, false)
  const changed = change(run)
  return buildPage(changed, summarize(changed, results), results)
}

/** Made once: what most tests open. */
const usual = await synthetic()

const MOST_BYTES = 1_500_000

test('the page of a full run: at most 1.5 MB, no error, no request, every chart drawn', async () => {
  assert.ok(Buffer.byteLength(full) <= MOST_BYTES, `${Buffer.byteLength(full)} bytes`)
  const { page, errors, requests } = await open(await save('full.html', full))
  const count = await drawn(page)
  assert.ok(count > 10, `${count} charts`)
  assert.deepEqual(errors, [])
  assert.deepEqual(requests, [])
  assert.equal(await page.locator('.problem').count(), 0)
  const ids = await page.evaluate(() => [...document.querySelectorAll('[id]')].map(({ id }) => id))
  assert.equal(new Set(ids).size, ids.length, 'no id is there twice')
})

test('it opens with the answer and the verdicts, also where no script runs', async () => {
  const { page } = await open(await save('full.html', full), '#claims')
  const opening = page.locator('.answer').first()
  assert.match(
    (await opening.textContent())?.replace(/\s+/g, ' ') ?? '',
    /What it costs.* µs .*How sure that is/,
  )
  const verdicts = page.locator('.claim')
  assert.equal(await verdicts.count(), summary.claims.length)
  const first = verdicts.first()
  assert.equal(await first.locator('.evidence').isVisible(), false)
  await first.locator('summary').click()
  const text = await first.locator('.evidence').innerText()
  assert.match(text, /supported if[\s\S]*refuted if/)
  await first.locator('figure svg').waitFor()
  assert.match(full.slice(0, full.indexOf('id="data"')), /What it costs/)
})

test('a choice of schemes changes charts and tables, stands in the address, and is there again after a reload', async () => {
  const { page, errors } = await open(await save('synthetic.html', usual), '#part-cost')
  await page.locator('#filters summary').click()
  await page.getByLabel('jwt-eddsa', { exact: true }).uncheck()
  assert.match(page.url(), /\?schemes=.*#part-cost$/)
  const check = async () => {
    // What is in sight is drawn again in the next frame.
    await page.waitForFunction(() => {
      const words = document.querySelector('figure[data-chart="cpu"] svg')?.textContent ?? ''
      return !words.includes('jwt-eddsa') && words.includes('jwt-hs256')
    })
    const rows = page.locator('#cost-of-a-request tbody tr:visible')
    const names = await rows.evaluateAll((all) => all.map((row) => row.querySelector('td')?.textContent))
    assert.ok(!names.includes('jwt-eddsa') && names.includes('jwt-hs256'), String(names))
  }
  await check()
  await page.reload()
  await page.waitForSelector('html[data-ready]', { state: 'attached' })
  await check()
  await page.locator('#filters summary').click()
  await page.getByRole('button', { name: 'Show everything' }).click()
  assert.doesNotMatch(page.url(), /schemes/)
  assert.deepEqual(errors, [])
})

test('a choice of experiments hides the sections of the others', async () => {
  const { page } = await open(await save('synthetic.html', usual), '?experiments=cost#part-cost')
  assert.equal(await page.locator('#cost-of-a-request').isVisible(), true)
  await page.locator('.tabs a', { hasText: 'Latency' }).click()
  await page.locator('#latency-at-an-arrival-rate').waitFor({ state: 'attached' })
  assert.equal(await page.locator('#latency-at-an-arrival-rate').isVisible(), false)
  assert.match(await page.locator('#filters summary').innerText(), /1 of \d+ experiments shown/)
  await page.locator('.tabs a', { hasText: 'Evidence' }).click()
  await page.locator('#raw-trials tbody tr').first().waitFor()
  const trials = await page
    .locator('#raw-trials tbody tr')
    .evaluateAll((rows) => rows.map((row) => row.querySelector('td')?.textContent ?? ''))
  assert.ok(trials.length > 0 && trials.every((id) => id.startsWith('cost/')))
})

test('raw trials sort by any column, both ways, and filter by words and by the evidence of a claim', async () => {
  const { page } = await open(await save('full.html', full), '#raw-trials')
  const section = page.locator('#raw-trials')
  const values = () =>
    section
      .locator('tbody tr td:nth-child(5)')
      .evaluateAll((cells) =>
        cells.flatMap((cell) =>
          cell instanceof HTMLElement ? Number(cell.dataset.value ?? Number.NaN) : [],
        ),
      )
  const button = section.getByRole('button', { name: 'requests/s' })
  await button.click()
  const up = (await values()).filter(Number.isFinite)
  assert.deepEqual(
    up,
    up.toSorted((a, b) => a - b),
  )
  await button.click()
  const down = (await values()).filter(Number.isFinite)
  assert.deepEqual(
    down,
    down.toSorted((a, b) => b - a),
  )
  assert.ok((down[0] ?? 0) > (up[0] ?? 0))
  await section.getByRole('searchbox').fill('cost/jwt-hs256@0')
  assert.equal(await section.locator('tbody tr').count(), 1)
  const claim = page.locator('.claim', { has: page.locator('[data-of]') }).first()
  await claim.locator('summary').click()
  const link = claim.locator('[data-of]')
  const of = await link.getAttribute('data-of')
  const ids = summary.claims.find(({ id }) => of === `claim ${id}`)?.evidence ?? []
  assert.ok(ids.length > 0)
  await link.click()
  const count = stored.results.filter(({ trial }) => ids.includes(trial.id)).length
  assert.match(await section.innerText(), new RegExp(`^${count} of |\\n${count} of `))
})

test('by keyboard alone: past the start, through a claim, a filter and a sorted column', async () => {
  const { page } = await open(await save('synthetic.html', usual))
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Skip to the figures')
  await page.locator('.tabs a', { hasText: 'Evidence' }).focus()
  await page.keyboard.press('Enter')
  const summary = page.locator('.claim summary').first()
  await summary.focus()
  await page.keyboard.press('Enter')
  assert.equal(await page.locator('.claim').first().getAttribute('open'), '')
  await page.locator('#filters summary').focus()
  await page.keyboard.press('Enter')
  await page.getByLabel('jwt-eddsa', { exact: true }).focus()
  await page.keyboard.press('Space')
  assert.match(page.url(), /schemes=/)
  await page.locator('#raw-trials').getByRole('button', { name: 'block' }).focus()
  await page.keyboard.press('Enter')
  assert.equal(await page.locator('#raw-trials th[aria-sort="ascending"]').innerText(), 'block')
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'block', 'the focus stays')
})

/** Columns of the page's plan by the names of `npm run plan -- --json`. */
const COLUMNS = [
  'replicas',
  'redisPrimaries',
  'redisStandbys',
  'redisMemoryBytes',
  'replicaMemoryBytes',
  'proxyCores',
  'p50Ms',
  'p99Ms',
] as const

test('the planner answers as npm run plan does, to the last digit, also with prices, and marks the same crossing', async () => {
  const spare = ['--survive', '2', '--zones', '3', '--handler-us', '200']
  const asked = ['--rps', '40000', '--users', '500000', '--p99', '100', '--headroom', '40%', ...spare]
  const prices = ['--price', 'replica=30,redis=60,proxy-core=20,egress-gb=0.05']
  const args = ['plan', '--compare', 'session-redis,jwt-hs256', ...asked, ...prices]
  const { plans, crossings } = JSON.parse((await run([...args, '--run', PUBLISHED, '--json'])).stdout)
  const query =
    '?rps=40000&users=500000&p99=100&headroom=40&survive=2&zones=3&handler=200&price=30,60,20,0.05&pair=session-redis,jwt-hs256#plan-capacity'
  const { page, errors } = await open(await save('full.html', full), query)
  for (const made of plans) {
    const row = page
      .locator('#plan-result tbody tr')
      .filter({ has: page.locator('td:first-child', { hasText: new RegExp(`^${made.scheme}$`) }) })
    const shown = await row
      .locator('td[data-value]')
      .evaluateAll((cells) => cells.map((cell) => Number((cell as HTMLElement).dataset.value)))
    const expected = [...COLUMNS.map((name) => made[name].value), made.costPerMonth.value]
    assert.deepEqual(shown, expected, made.scheme)
  }
  const crossing = page.locator('#plan-crossing')
  if (crossings.length === 0) assert.equal(await crossing.count(), 0)
  else assert.equal(Number(await crossing.getAttribute('data-value')), crossings[0].rps)
  assert.deepEqual(errors, [])
})

test('dragging a slider redraws the chart and stands in the address', async () => {
  const { page } = await open(await save('full.html', full), '#plan-capacity')
  const chart = page.locator('#plan-chart svg')
  const before = await chart.innerHTML()
  const slider = page.getByLabel('Requests, slider')
  await slider.focus()
  for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowRight')
  await page.waitForFunction((old) => document.querySelector('#plan-chart svg')?.innerHTML !== old, before)
  assert.match(page.url(), /[?&]rps=\d+/)
  const all = await page.locator('#plan-result tbody tr').count()
  await page.locator('#filters summary').click()
  await page.getByLabel('jwt-eddsa', { exact: true }).uncheck()
  await slider.press('ArrowRight')
  await page.waitForFunction((n) => document.querySelectorAll('#plan-result tbody tr').length === n, all - 1)
})

/** As a hand would: the browser's own event with real files. */
async function drop(page: Page, files: readonly { name: string; content: string }[]): Promise<void> {
  await page.evaluate((given) => {
    const transfer = new DataTransfer()
    for (const { name, content } of given) transfer.items.add(new File([content], name))
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true }))
  }, files)
}

test('another page dropped onto it is compared; so are the raw records of a run', async () => {
  const { page, errors } = await open(await save('synthetic.html', usual), '#compare-runs')
  const other = await synthetic((run) => ({ ...run, id: 'another-run' }), 2)
  await drop(page, [{ name: 'report.html', content: other }])
  const section = page.locator('#comparison section')
  await section.first().waitFor()
  assert.match(
    await section.first().innerText(),
    /→ another-run[\s\S]*Comparable: no known condition[\s\S]*Auth tax/,
  )
  const raw = await Promise.all(
    ['run.json', 'trials.jsonl'].map(async (name) => ({
      name,
      content: await readFile(path.join(root, 'results/published/2026-11-23-amd-epyc-2-cores', name), 'utf8'),
    })),
  )
  await drop(page, raw)
  await section.nth(1).waitFor()
  assert.match(await section.nth(1).innerText(), /Not comparable/)
  await page.getByRole('checkbox', { name: 'another-run' }).uncheck()
  assert.equal(await section.count(), 1)
  assert.match(page.url(), /runs=2026-11-23/)
  assert.deepEqual(errors, [])
})

test('a file that is no run is named with the reason, and the rest goes on', async () => {
  const { page, errors } = await open(await save('synthetic.html', usual))
  const good = usual
  const newer = JSON.stringify({ schemaVersion: 99 })
  const cases: [files: { name: string; content: string }[], says: RegExp][] = [
    [[{ name: 'photo.png', content: 'x' }], /^photo\.png: no run; drop a report\.html/],
    [[{ name: 'page.html', content: '<p>Hello' }], /^page\.html: it is no report page of authscale\.$/],
    [
      [{ name: 'cut.html', content: good.replace(/(id="data">.{400})[^<]*/, '$1') }],
      /^cut\.html: the figures in it are damaged/,
    ],
    [[{ name: 'run.json', content: newer }], /^run\.json: its trials\.jsonl is missing/],
    [[{ name: 'trials.jsonl', content: '' }], /^trials\.jsonl: its run\.json is missing/],
    [
      [
        { name: 'run.json', content: newer },
        { name: 'trials.jsonl', content: '' },
      ],
      /written by a newer authscale \(schema 99/,
    ],
    [
      [
        { name: 'run.json', content: '{' },
        { name: 'trials.jsonl', content: '' },
      ],
      /not JSON/,
    ],
    [[{ name: 'again.html', content: good }], /is on the page already/],
  ]
  for (const [files, says] of cases) {
    await drop(page, files)
    const problem = page.locator('#drop-problems .problem').first()
    await page
      .waitForFunction(
        (source) =>
          new RegExp(source).test(document.querySelector('#drop-problems .problem')?.textContent ?? ''),
        says.source,
      )
      .catch(async () => assert.match(await problem.innerText(), says))
  }
  await page.locator('.tabs a', { hasText: 'Cost' }).click()
  await page.locator('figure[data-chart="cpu"] svg').first().waitFor()
  assert.deepEqual(errors, [])
})

test('a page whose own figures are damaged says so, and can still be read', async () => {
  const cut = usual.replace(/(id="data">.{400})[^<]*/, '$1')
  const { page } = await open(await save('cut.html', cut))
  assert.match(
    await page.locator('.problem').innerText(),
    /cannot be shown: the figures in it are damaged: make it anew/,
  )
  assert.match((await page.locator('.answer').first().textContent()) ?? '', /What it costs/)
})

test('what a record says is shown as text, never run', async () => {
  const evil =
    '<img src=x onerror="document.title=\'owned\'"></script><script>document.title="owned"</script>'
  const html = await synthetic((run) => ({
    ...run,
    id: evil,
    environment: { ...run.environment, cpuModel: evil },
    notes: [evil, '[here](javascript:document.title="owned")', '![x](https://example.org/x.png)'],
  }))
  const { page, errors } = await open(await save('evil.html', html))
  await drawn(page)
  assert.notEqual(await page.title(), 'owned')
  assert.equal(await page.locator('img, a[href^="javascript"]').count(), 0)
  assert.ok((await page.locator('.run').innerText()).includes('<img src=x'))
  assert.deepEqual(errors, [])
})

test('charts can be kept as SVG, PNG and CSV, and read as a table', async () => {
  const { page } = await open(await save('synthetic.html', usual), '#part-cost')
  const card = page.locator('figure[data-chart="cpu"]').first()
  await card.locator('svg').waitFor()
  const files: Buffer[] = []
  for (const label of ['SVG', 'PNG', 'CSV']) {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      card.getByRole('button', { name: `Download ${label}` }).click(),
    ])
    files.push(await readFile(await download.path()))
  }
  const [svg, png, csv] = files
  assert.match(String(svg), /^<svg [^>]*xmlns/)
  assert.deepEqual([...(png?.subarray(1, 4) ?? [])], [...Buffer.from('PNG')])
  assert.match(String(csv), /^scheme,.*metric,value,lo,hi,n,unit,detected\r\n/)
  await card.getByRole('button', { name: 'Figures' }).click()
  assert.match(await card.getByRole('region').innerText(), /authTaxUs/)
})

interface Violation {
  id: string
  nodes: { html: string }[]
}

/**
 * With all parts there and everything unfolded, so that nothing escapes.
 *
 * @param rules those to ask for; default: all
 */
async function violations(page: Page, rules?: string[]): Promise<string[]> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true
  })
  await drawn(page)
  await page.evaluate(() => {
    for (const tab of document.querySelectorAll('.tab')) tab.classList.add('shown')
  })
  return violationsAsItIs(page, rules)
}

async function violationsAsItIs(page: Page, rules?: string[]): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = await page.evaluate(
    (options) =>
      (globalThis as unknown as { axe: { run(how: object): Promise<{ violations: Violation[] }> } }).axe
        .run(options)
        .then(({ violations: list }) => list),
    rules ? { runOnly: rules } : {},
  )
  return found.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map(({ html }) => html.slice(0, 160))
        .join(' | ')}`,
  )
}

// The same page in other colours: of the rules, those on contrast alone can tell.
for (const [colorScheme, rules] of [
  ['light', undefined],
  ['dark', ['color-contrast', 'link-in-text-block']],
] as const satisfies [string, string[] | undefined][]) {
  test(`axe-core finds nothing, ${colorScheme}, on a desk, at twice its size, and on a phone`, async () => {
    const file = await save('synthetic.html', usual)
    for (const viewport of [
      { width: 1280, height: 900 },
      // What a desk is when it is shown at 200 %.
      { width: 640, height: 450 },
      { width: 390, height: 844 },
    ]) {
      // axe is a script like any other, and has to get past the policy of the page.
      const { page } = await open(file, '', { colorScheme, viewport, bypassCSP: true })
      assert.deepEqual(await violations(page, rules), [], `${viewport.width} px`)
      const width = await page.evaluate(() => document.scrollingElement?.scrollWidth ?? 0)
      assert.ok(width <= viewport.width, `${width} px wide on a screen of ${viewport.width}`)
    }
  })
}

test('on paper: axe-core finds nothing, every part and chart is there, and no table is wider than the sheet', async () => {
  // A4 with its margins.
  const viewport = { width: 720, height: 1_000 }
  const { page } = await open(await save('full.html', full), '', { viewport, bypassCSP: true })
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')))
  await page.emulateMedia({ media: 'print' })
  assert.deepEqual(await violationsAsItIs(page), [])
  const cut = await page.locator('table:visible').evaluateAll((tables, width) => {
    return tables.flatMap((table) => {
      const { right } = table.getBoundingClientRect()
      return right > width ? [`${Math.round(right)} px: ${table.textContent?.slice(0, 60)}`] : []
    })
  }, viewport.width)
  assert.deepEqual(cut, [])
})
