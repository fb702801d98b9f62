/** The section of a report about other versions. */
import { rising } from '../../stats/groups.ts'
import { compared, figure, styles, withInterval } from '../../words/format.ts'
import { type Section, section } from '../../words/section.ts'
import { shown, tableOf } from '../../words/tables.ts'
import { changesText, upgradesSentence, whereText } from './answer.ts'
import type { Summary, Upgraded } from './schema.ts'

/** Nothing without the experiment. */
export function upgradesSection({ upgrades }: Pick<Summary, 'upgrades'>): Section | null {
  if (upgrades.length === 0) return null
  const handlers = rising(upgrades.flatMap(({ points }) => points.map(({ handlerUs }) => handlerUs)))
  return section(
    'other-versions',
    'Is the other version slower?',
    upgradesSentence(upgrades),
    ...handlers.map((handlerUs) => pointsTable(upgrades, handlerUs)),
    handlers.length > 0 ? HOW : null,
  )
}

const HOW =
  'A change is that of turns which lie side by side, so that both met the same machine. p is Holm-adjusted over all ' +
  'arms and loads. A server with other versions has its own node_modules: all else in it is as package-lock.json has it, but ' +
  'for what the other version itself brings. What a package takes beside a request (start, memory) is not compared.'

function pointsTable(upgrades: readonly Upgraded[], handlerUs: number) {
  const rows = upgrades.flatMap((one) =>
    one.points.filter((point) => point.handlerUs === handlerUs).map((point) => ({ one, point })),
  )
  const table = tableOf(rows, {
    'what differs': ({ one }) => `${changesText(one)} in ${one.scheme}`,
    load: ({ point }) => whereText(point),
    'CPU µs/request': ({ point }) => withInterval(point.cpuUs),
    'of the other': ({ point }) => withInterval(point.thanUs),
    change: ({ point }) => compared(point.cpuChange, styles.change),
  })
  const work = handlerUs === 0 ? 'Without handler work' : `With ${figure(handlerUs)} µs of handler work`
  return shown(table, { above: `${work}, CPU of replicas, Redis and proxy together:` })
}
