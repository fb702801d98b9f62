/** Which schemes and experiments are shown, for everything on the page at once. */
import { schemeNames } from '../../../servers/scheme.ts'
import { CONTROL, experimentsIn, schemesIn } from '../../figures/records.ts'
import type { PageData } from '../page-data.ts'
import { choose, kept, onChoice } from './address.ts'
import { boxes } from './boxes.ts'
import { button, byId, details, say } from './dom.ts'

export function showFilters({ run }: PageData): void {
  const inRun = schemesIn(run.plan)
  const schemes = schemeNames.filter((name) => inRun.includes(name) && name !== CONTROL)
  const experiments = experimentsIn(run.plan)
  byId('filters').append(
    details(
      'Choose schemes and experiments',
      false,
      boxes('Schemes', 'schemes', schemes),
      boxes('Experiments', 'experiments', experiments),
      button('Show everything', () => choose({ schemes: null, experiments: null })),
    ),
  )
  const apply = () => {
    showRows(schemes, kept('schemes', schemes))
    showSections(experiments, kept('experiments', experiments))
  }
  onChoice(['schemes', 'experiments'], () => {
    apply()
    const [some, places] = [kept('schemes', schemes).length, kept('experiments', experiments).length]
    say(`${some} of ${schemes.length} schemes shown, in ${places} experiments`)
  })
  apply()
}

/** Rows of the report's tables begin with the scheme that they are of. */
function showRows(all: readonly string[], some: readonly string[]): void {
  for (const row of document.querySelectorAll<HTMLTableRowElement>('main .body tbody tr')) {
    const words = [...row.cells].slice(0, 2).map((cell) => cell.textContent ?? '')
    const scheme = words.map((text) => text.split(/[\s,(]/, 1)[0] ?? '').find((word) => all.includes(word))
    if (scheme !== undefined) row.hidden = !some.includes(scheme)
  }
}

function showSections(all: readonly string[], some: readonly string[]): void {
  for (const section of document.querySelectorAll<HTMLElement>('main section')) {
    const own = (section.dataset.experiments ?? '').split(' ').filter((name) => all.includes(name))
    section.hidden = own.length > 0 && !own.some((name) => some.includes(name))
  }
}
