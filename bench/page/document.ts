/** All that pages share: one file that needs nothing else, and a policy that lets nothing in from elsewhere, and nothing out. */
import { escaped } from './escaped.ts'
import { SHOW_ALL } from './tabs.ts'

export interface Assets {
  style: string
  /** A program and what it shows, both compressed, in base64: texts that no HTML parser stumbles over. */
  program: string
  data: string
}

/** The program would be the larger part of a page; compressed it is less than half as large. */
const UNPACK = `const packed = document.getElementById('program').textContent
const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0))
const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
const script = document.createElement('script')
script.type = 'module'
script.textContent = await new Response(stream).text()
document.body.append(script)`

interface Document {
  title: string
  body: string
  /** What it was made from. */
  source: string
  assets: Assets
}

export function documentHtml({ title, body, source, assets: { style, program, data } }: Document): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob: 'self'">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} · authscale</title>
<link rel="icon" href="data:,">
<style>${style}</style>
${SHOW_ALL}
</head>
<body>
<a class="skip" href="#main">Skip to the figures</a>
${body}
<footer><p>Made by authscale from ${source}; nothing on this page was typed in. It makes no network requests. Charts are drawn by Apache ECharts (Apache License 2.0).</p></footer>
<p id="said" role="status" aria-live="polite"></p>
<script type="application/octet-stream" id="data">${data}</script>
<script type="application/octet-stream" id="program">${program}</script>
<script type="module">
${UNPACK}
</script>
</body>
</html>
`
}
