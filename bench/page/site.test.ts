/** Where documents lie on the site, and where their links lead. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { documentPage, siteLink, sitePath } from './site.ts'

test('what lies below results/ is the root, and documents are pages', () => {
  assert.deepEqual(
    [
      'results/index.html',
      'README.md',
      'results/README.md',
      'docs/options.md',
      'results/published/a/report.md',
    ].map(sitePath),
    ['index.html', 'about.html', 'runs.html', 'docs/options.html', 'published/a/report.html'],
  )
})

test('links go from page to page, with their anchors; what leads elsewhere stays', () => {
  assert.equal(siteLink('docs/options.md', '../README.md'), '../about.html')
  assert.equal(
    siteLink('docs/findings.md', '../results/published/a/report.md#claims'),
    '../published/a/report.html#claims',
  )
  assert.equal(siteLink('README.md', 'results/page.png'), 'page.png')
  assert.equal(siteLink('README.md', '#use'), '#use')
  assert.equal(siteLink('README.md', 'https://example.org/a.md'), 'https://example.org/a.md')
})

test('a page has its headings as places, and marks itself in the navigation', () => {
  const entries = [
    { file: 'docs/a.md', title: 'First' },
    { file: 'README.md', title: 'About' },
  ]
  const html = documentPage('docs/a.md', '# First\n\n## What `it` is\n\n[back](../README.md)\n', entries, '')
  assert.match(html, /<h2 id="what-it-is">What <code>it<\/code> is<\/h2>/)
  assert.match(html, /<a href="a\.html" aria-current="page">First<\/a>/)
  assert.match(html, /<a href="\.\.\/about\.html">back<\/a>/)
})
