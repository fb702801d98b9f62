/** Charts of the page: drawn when they are looked at, and anew when the reader chooses other schemes. */
import { schemeNames } from '../../../servers/scheme.ts'
import { charts } from '../../report/charts.ts'
import { csv, type Figure, figuresOf, labelNames } from '../../report/flat-figures.ts'
import { narrowed } from '../../report/narrow.ts'
import { type Drawing, toSvg } from '../../words/charts/svg.ts'
import { figure as shown } from '../../words/format.ts'
import type { PageData } from '../page-data.ts'
import { kept, onChoice } from './address.ts'
import { button, download, el, scrollingTable } from './dom.ts'

/** Fills every place for a chart. */
export function showCharts(data: PageData): void {
  const drawn = new Set<HTMLElement>()
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) draw(target as HTMLElement)
    },
    // A screen ahead, so that a reader who scrolls does not wait.
    { rootMargin: '100% 0px' },
  )
  const draw = (place: HTMLElement) => {
    watcher.unobserve(place)
    drawn.add(place)
    fill(place, data)
  }
  for (const place of document.querySelectorAll('figure[data-chart]')) watcher.observe(place)
  onChoice(['schemes'], () => {
    for (const place of drawn) fill(place, data)
  })
}

function fill(place: HTMLElement, { run, summary }: PageData): void {
  const name = place.dataset.chart ?? ''
  const chart = charts[name]
  const some = narrowed(summary, kept('schemes', schemeNames))
  const drawing = chart?.draw(run, some) ?? null
  const content =
    chart && drawing
      ? chartCard(`${run.id}-${name}`, drawing, () => figuresOf(chart.figures(some)))
      : [el('p', {}, 'The schemes that were chosen have no figures for this chart.')]
  place.replaceChildren(...content)
}

/** A picture with its figures as a table and as files, which are called `name`. */
export function chartCard(name: string, drawing: Drawing, figures: () => Figure[]): HTMLElement[] {
  const svg = toSvg(drawing)
  const table = el('div', { hidden: true })
  const toggleTable = () => {
    const isOpen = table.hidden
    if (isOpen && table.childElementCount === 0) table.append(figuresTable(drawing.title, figures()))
    table.hidden = !isOpen
    toggle.setAttribute('aria-expanded', String(isOpen))
  }
  const toggle = button('Figures', toggleTable, { 'aria-expanded': 'false' })
  const file = (label: string, content: () => Blob | Promise<Blob>) => {
    const save = async () => download(`${name}.${label.toLowerCase()}`, await content())
    return button(label, save, { 'aria-label': `Download ${label}: ${drawing.title}` })
  }
  return [
    picture(svg, drawing.title),
    el(
      'div',
      { class: 'tools' },
      toggle,
      file('SVG', () => new Blob([svg], { type: 'image/svg+xml' })),
      file('PNG', () => pngOf(svg, drawing.height)),
      file('CSV', () => new Blob([csv(figures())], { type: 'text/csv' })),
    ),
    table,
  ]
}

let pictures = 0

/** Ids of a page must differ, and those of each picture begin anew. */
function picture(svg: string, title: string): HTMLElement {
  const prefix = `c${pictures++}-`
  const box = el('div', { class: 'picture', tabindex: 0, role: 'group', 'aria-label': title })
  box.innerHTML = svg.replace(/\bzr\d+/g, (id) => `${prefix}${id}`)
  const drawn = box.querySelector('svg')
  // It is as wide as its place, and as high as that makes it.
  drawn?.removeAttribute('height')
  drawn?.removeAttribute('width')
  return box
}

/** Every figure with its interval and n. */
function figuresTable(title: string, figures: readonly Figure[]): HTMLElement {
  const names = labelNames(figures)
  const numbers = ['value', 'from', 'to', 'n'].map((name) => ({ name, isNumber: true }))
  const cell = (value: number | null) => (value === null ? '–' : { text: shown(value), value })
  return scrollingTable(
    `Figures: ${title}`,
    [...names.map((name) => ({ name })), { name: 'metric' }, ...numbers, { name: 'unit' }, { name: 'seen' }],
    figures.map(({ labels, metric, value, lo, hi, n, unit, detected }) => [
      ...names.map((name) => labels[name] ?? ''),
      metric,
      ...[value, lo, hi, n].map(cell),
      unit ?? '',
      detected === null ? '' : detected ? 'yes' : '~',
    ]),
  )
}

const SCALE = 2

async function pngOf(svg: string, height: number): Promise<Blob> {
  const image = new Image()
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    image.src = url
    await image.decode()
    const canvas = el('canvas', { width: SCALE * image.width, height: SCALE * height })
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture was made'))))
    })
  } finally {
    URL.revokeObjectURL(url)
  }
}
