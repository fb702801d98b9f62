/** Charts of the page: drawn when they are looked at, and anew when the reader chooses other schemes. */
import { isSchemeName, schemeNames } from '../../../servers/scheme.ts'
import { charts } from '../../report/charts.ts'
import { csv, type Figure, figuresOf, labelNames } from '../../report/flat-figures.ts'
import { narrowed } from '../../report/narrow.ts'
import { OF_SCHEME } from '../../words/charts/marks.ts'
import { type Drawing, size, toSvg } from '../../words/charts/svg.ts'
import { figure as shown } from '../../words/format.ts'
import type { PageData } from '../page-data.ts'
import { choose, kept, onChoice } from './address.ts'
import { button, download, el, scrollingTable } from './dom.ts'

/**
 * Fills places for charts when they come near the reader; what is out of sight waits also when he chooses other schemes.
 *
 * @returns is given a part of the page that has such places
 */
export function showCharts(data: PageData): (part: HTMLElement) => void {
  const places = new Set<HTMLElement>()
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
  onChoice(['schemes'], () => {
    // A watcher says at once which of those that it is given are in sight.
    for (const place of drawn) watcher.observe(place)
    drawn.clear()
  })
  // Paper has no reader who scrolls.
  window.addEventListener('beforeprint', () => {
    for (const place of places) if (!drawn.has(place)) draw(place)
  })
  return (part) => {
    for (const place of part.querySelectorAll<HTMLElement>('figure[data-chart]')) {
      places.add(place)
      watcher.observe(place)
    }
  }
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
    ...picture(svg, drawing),
    el(
      'div',
      { class: 'tools' },
      toggle,
      file('SVG', () => new Blob([svg], { type: 'image/svg+xml' })),
      file('PNG', () => pngOf(svg, drawing)),
      file('CSV', () => new Blob([csv(figures())], { type: 'text/csv' })),
    ),
    table,
  ]
}

let pictures = 0

/** The picture, and below it what the mark says at which the reader points, or to which he went by the arrow keys. */
function picture(svg: string, { title, option, width }: Drawing): HTMLElement[] {
  // Ids of a page must differ, and those of each picture begin anew.
  const prefix = `c${pictures++}-`
  const box = el('div', { class: 'picture', tabindex: 0, role: 'group', 'aria-label': title })
  box.innerHTML = svg.replace(/\bzr\d+/g, (id) => `${prefix}${id}`)
  const drawn = box.querySelector('svg')
  // It is as wide as its place, and as high as that makes it.
  drawn?.removeAttribute('height')
  drawn?.removeAttribute('width')
  drawn?.classList.toggle('narrow', width < size.width)
  const marks = marksOf(box, option)
  if (marks.length === 0) return [box]
  const told = el(
    'p',
    { class: 'told', role: 'status' },
    'Point at a mark, or go from one to the next with ← and →.',
  )
  const tell = (place: number) => {
    for (const [i, { node }] of marks.entries()) node.classList.toggle('at', i === place)
    told.textContent = marks[place]?.text ?? ''
  }
  for (const [place, { node, text }] of marks.entries()) {
    node.addEventListener('pointerenter', () => tell(place))
    node.addEventListener('click', () => showTrials(text))
  }
  let at = -1
  box.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    at = (at + step + marks.length) % marks.length
    tell(at)
  })
  return [box, told]
}

/** Marks whose data have a name, which says what they are; the library notes in each which data it is of. */
function marksOf(box: HTMLElement, { series }: Drawing['option']): { node: SVGElement; text: string }[] {
  const all = [series].flat() as { data?: readonly { name?: string }[] }[]
  return [...box.querySelectorAll<SVGElement>('[ecmeta_data_index]')].flatMap((node) => {
    const [one, place] = ['series', 'data'].map((name) => Number(node.getAttribute(`ecmeta_${name}_index`)))
    const text = all[one ?? -1]?.data?.[place ?? -1]?.name
    return text ? [{ node, text }] : []
  })
}

/** Those of its scheme, where it is of one. */
function showTrials(text: string): void {
  const [scheme = ''] = text.slice(0, text.indexOf(OF_SCHEME)).split(' ', 1)
  if (!isSchemeName(scheme)) return
  choose({ trials: `/${scheme}` })
  location.hash = 'raw-trials'
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

async function pngOf(svg: string, { width, height }: Drawing): Promise<Blob> {
  const image = new Image()
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    image.src = url
    await image.decode()
    const canvas = el('canvas', { width: SCALE * width, height: SCALE * height })
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture was made'))))
    })
  } finally {
    URL.revokeObjectURL(url)
  }
}
