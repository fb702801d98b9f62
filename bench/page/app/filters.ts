/** Which schemes and experiments are shown, for everything on the page at once. */
import { schemeNames } from '../../../servers/scheme.ts'
import { CONTROL, experimentsIn, schemesIn } from '../../figures/records.ts'
import { FAMILIES, familyOf } from '../../words/families.ts'
import type { PageData } from '../page-data.ts'
import { BETWEEN, choose, kept, onChoice } from './address.ts'
import { boxes } from './boxes.ts'
import { button, byId, details, el, say } from './dom.ts'

/** @returns hides again what was not chosen, where something was added */
export function showFilters({ run }: PageData): () => void {
  const inRun = schemesIn(run.plan)
  const schemes = schemeNames.filter((name) => inRun.includes(name) && name !== CONTROL)
  const experiments = experimentsIn(run.plan)
  const filter = details(
    '',
    false,
    boxes('Schemes', 'schemes', schemes),
    families(schemes),
    boxes('Experiments', 'experiments', experiments),
    button('Show everything', () => choose({ schemes: null, experiments: null })),
  )
  byId('filters').append(filter)
  const apply = () => {
    const [some, places] = [kept('schemes', schemes), kept('experiments', experiments)]
    for (const { row, scheme } of rowsOfSchemes(schemes)) row.hidden = !some.includes(scheme)
    showSections(experiments, places)
    showClaims(some)
    const isOn = some.length < schemes.length || places.length < experiments.length
    const told = `${some.length} of ${schemes.length} schemes, ${places.length} of ${experiments.length} experiments shown`
    // Closed it still says that not all is there.
    const [title] = filter.getElementsByTagName('summary')
    if (title) title.textContent = isOn ? told : 'Choose schemes and experiments'
    filter.classList.toggle('on', isOn)
    return told
  }
  onChoice(['schemes', 'experiments'], () => say(apply()))
  apply()
  return apply
}

/** All schemes of a kind at once. */
function families(schemes: readonly string[]): HTMLElement {
  const buttons = FAMILIES.flatMap((family) => {
    const own = schemes.filter((scheme) => familyOf(scheme) === family)
    return own.length === 0 ? [] : [button(family, () => choose({ schemes: own.join(BETWEEN) }))]
  })
  return el('p', { class: 'families' }, 'Only ', ...buttons)
}

/** Rows of the report's tables begin with the scheme that they are of. */
function rowsOfSchemes(all: readonly string[]): { row: HTMLTableRowElement; scheme: string }[] {
  return [...document.querySelectorAll<HTMLTableRowElement>('main .body tbody tr')].flatMap((row) => {
    const words = [...row.cells].slice(0, 2).map((cell) => cell.textContent ?? '')
    const scheme = words.map((text) => text.split(/[\s,(]/, 1)[0] ?? '').find((word) => all.includes(word))
    if (scheme === undefined) return []
    row.dataset.scheme = scheme
    return [{ row, scheme }]
  })
}

/** Without those that rest on other schemes alone; what nobody measured is about all. */
function showClaims(some: readonly string[]): void {
  for (const claim of document.querySelectorAll<HTMLElement>('.claim')) {
    const own = (claim.dataset.schemes ?? '').split(' ').filter((name) => name && name !== CONTROL)
    claim.hidden = own.length > 0 && !own.some((scheme) => some.includes(scheme))
  }
}

/** Neither those of experiments that were not chosen, nor those that are about other schemes alone. */
function showSections(all: readonly string[], some: readonly string[]): void {
  for (const section of document.querySelectorAll<HTMLElement>('main section[data-experiments]')) {
    const own = (section.dataset.experiments ?? '').split(' ').filter((name) => all.includes(name))
    const isOther = own.length > 0 && !own.some((name) => some.includes(name))
    const rows = [...section.querySelectorAll<HTMLElement>('tr[data-scheme]')]
    const isEmpty = own.length > 0 && rows.length > 0 && rows.every(({ hidden }) => hidden)
    section.hidden = isOther || isEmpty
  }
}
