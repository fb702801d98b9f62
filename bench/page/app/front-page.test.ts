/** The front page as a code host shows it: a stranger reads all of it. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { marked } from 'marked'
import { pages } from '../../testing/page.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const { open, save } = pages()

/** Of a desk, as pages are opened here. */
const SCREEN_PX = 900
const MOST_SCREENS = 3

/** Near enough to what code hosts do: their width, letters and distances. */
const STYLE = `body { width: 830px; margin: 0; font: 16px/1.5 sans-serif }
p, ul, table, pre { margin: 0 0 16px } h1, h2 { margin: 24px 0 16px; line-height: 1.25 } h1 { font-size: 32px } h2 { font-size: 24px }
pre { padding: 16px; font-size: 14px } table { border-collapse: collapse } th, td { padding: 6px 13px; border: 1px solid }`

test('the README is three screens at most', async () => {
  const text = await readFile(path.join(root, 'README.md'), 'utf8')
  const picture = await readFile(path.join(root, 'results/page.png'), 'base64')
  const body = (await marked.parse(text)).replace('results/page.png', `data:image/png;base64,${picture}`)
  const file = await save(
    'front.html',
    `<!doctype html><html data-ready><meta charset="utf-8"><style>${STYLE}</style>${body}</html>`,
  )
  const { page } = await open(file)
  const height = await page.evaluate(() => document.documentElement.scrollHeight)
  assert.ok(height <= MOST_SCREENS * SCREEN_PX, `${height} px are ${(height / SCREEN_PX).toFixed(1)} screens`)
})
