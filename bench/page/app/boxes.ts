/** A row of checkboxes; all are on until the reader chooses. */
import { BETWEEN, type Choice, choose, follow, kept } from './address.ts'
import { el } from './dom.ts'

export function boxes(title: string, choice: Choice, all: readonly string[]): HTMLElement {
  const take = () => {
    const checked = inputs.filter((one) => one.checked).map((one) => one.value)
    choose({ [choice]: checked.length === all.length ? null : checked.join(BETWEEN) })
  }
  const inputs = all.map((value) => el('input', { type: 'checkbox', value, change: take }))
  follow([choice], () => {
    const some = kept(choice, all)
    for (const input of inputs) input.checked = some.includes(input.value)
  })
  const labels = inputs.map((input) => el('label', {}, input, ` ${input.value}`))
  return el('fieldset', {}, el('legend', {}, title), ...labels)
}
