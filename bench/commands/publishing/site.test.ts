/** The site: every page is there, and every link within it leads to a file of it. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { site } from './site.ts'

const out = await mkdtemp(path.join(os.tmpdir(), 'authscale-site-'))
after(() => rm(out, { recursive: true }))
await site({ out })

const pages = readdirSync(out, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.html') && !file.startsWith('published'))
  .map((file) => ({ file, html: readFileSync(path.join(out, file), 'utf8') }))

test('the answer is the first page, and each document is one', () => {
  const names = pages.map(({ file }) => file)
  for (const name of ['index.html', 'about.html', 'runs.html', 'changelog.html', 'docs/options.html'])
    assert.ok(names.includes(name), name)
})

test('each link within the site leads to a file of it, and to a place on it', () => {
  const idsOf = new Map(
    pages.map(({ file, html }) => [file, new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))]),
  )
  let links = 0
  for (const { file, html } of pages) {
    // What is packed for a program is no link.
    const text = html.replace(/<script[\s\S]*?<\/script>/g, '')
    for (const [, target = ''] of text.matchAll(/\b(?:href|src)="([^"]*)"/g)) {
      if (/^[a-z]+:/i.test(target)) continue
      const [place = '', anchor] = target.split('#')
      const lies =
        place === '' ? file : path.posix.normalize(path.posix.join(path.posix.dirname(file), place))
      links++
      assert.ok(existsSync(path.join(out, lies)), `${file} leads to ${target}`)
      const ids = idsOf.get(lies)
      if (anchor && ids) assert.ok(ids.has(anchor), `${file} leads to ${target}`)
    }
  }
  assert.ok(links > 200, `${links} links`)
})

test('no page speaks of a Markdown file where the site has a page', () => {
  for (const { file, html } of pages.filter((page) => page.file !== 'index.html'))
    assert.doesNotMatch(html, /href="(?!https?:)[^"]*\.md[#"]/, file)
})
