/** A row of checkboxes; all are on until the reader chooses. */
import { BETWEEN, type Choice, choose, kept, onChoice } from './address.ts'
import { el } from './dom.ts'

export function boxes(title: string, choice: Choice, all: readonly string[]): HTMLElement {
  const inputs = all.map((name) => {
    const input = el('input', {
      type: 'checkbox',
      value: name,
      change() {
        const checked = inputs.filter((one) => one.checked).map((one) => one.value)
        choose({ [choice]: checked.length === all.length ? null : checked.join(BETWEEN) })
      },
    })
    return input
  })
  const follow = () => {
    const some = kept(choice, all)
    for (const input of inputs) input.checked = some.includes(input.value)
  }
  follow()
  onChoice(follow)
  return el(
    'fieldset',
    {},
    el('legend', {}, title),
    ...inputs.map((input, i) => el('label', {}, input, ` ${all[i]}`)),
  )
}
