/**
 * What draws, for Node: one file, since to load the library module by module takes two seconds of CPU. For a page it is
 * bundled from its parts, as far as charts use them; see `library-for-pages.ts`.
 */
import type { init as Init } from 'echarts'
// @ts-expect-error This form of the package has no types of its own.
import { init as initWhole } from 'echarts/dist/echarts.esm.min'

export const init: typeof Init = initWhole
