/** Charts of a fixed width, drawn as SVG with the same bytes for the same option. */
import type { EChartsOption } from 'echarts'
import { init } from './library.ts'
import { ink } from './palette.ts'

export const size = { width: 900, height: 480 } as const

/** A generic family: an SVG in a README cannot bring a font along. */
const font = 'sans-serif'

/** A chart before it is drawn: files and pages make the same picture of it. */
export interface Drawing {
  /** The finding, as one sentence. */
  title: string
  /** One to three lines: what is drawn, n, and what to beware of. */
  subtitle: string
  option: EChartsOption
  /** Pixels. */
  width: number
  height: number
}

/** @param lines below the title; empty ones are left out */
export function drawing(
  title: string,
  lines: readonly string[],
  option: EChartsOption,
  height: number = size.height,
  width: number = size.width,
): Drawing {
  return { title, subtitle: lines.filter(Boolean).join('\n'), option, height, width }
}

export function toSvg({ title, subtitle, option, height, width }: Drawing): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({
      animation: false,
      backgroundColor: ink.background,
      textStyle: { fontFamily: font, color: ink.text },
      title: {
        text: title,
        subtext: subtitle,
        left: 16,
        top: 12,
        itemGap: 7,
        textStyle: {
          fontFamily: font,
          fontSize: titleSize(title, width),
          fontWeight: 'bold',
          color: ink.text,
        },
        subtextStyle: { fontFamily: font, fontSize: 12, lineHeight: 17, color: ink.muted },
      },
      ...option,
    })
    return named(stable(chart.renderToSVGString()), title)
  } finally {
    chart.dispose()
  }
}

/** As large as fits: a bold letter is about 0.62 of its size wide in the widest of the usual fonts. */
function titleSize(title: string, width: number): number {
  return Math.min(17, Math.floor((2 * (width - 32)) / (0.62 * title.length)) / 2)
}

/**
 * Ids count up over the life of the process: from zero they depend on the chart alone. Classes for the mouse do
 * too, and a picture in a page has no use for them.
 */
function stable(svg: string): string {
  const still = svg.replace(/<style[\s\S]*?<\/style>\n?/g, '').replace(/ class="zr\d+-cls-\d+"/g, '')
  const ids = [...new Set(still.match(/\bzr\d+/g))]
  return still.replace(/\bzr\d+/g, (id) => `zr${ids.indexOf(id)}`)
}

/** For readers who hear the page: the finding as the name of the picture. */
function named(svg: string, title: string): string {
  const escaped = title.replace(/&/g, '&amp;').replace(/</g, '&lt;')
  return `${svg.replace('<svg ', '<svg role="img" ').replace(/(<svg[^>]*>)/, `$1\n<title>${escaped}</title>`)}\n`
}
