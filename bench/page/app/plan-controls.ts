/** The controls of a plan: sliders for the hand, numbers for what it cannot hit. */
import { figure } from '../../words/format.ts'
import { choose, follow } from './address.ts'
import { details, el } from './dom.ts'
import {
  asking,
  chooseQuantity,
  FREE,
  PRICES,
  pricesFrom,
  type Quantity,
  quantities,
  valueFor,
} from './plan-request.ts'

/** One slider a quantity and a price; they follow the address. */
export function controls(): HTMLElement[] {
  return [
    el('div', { class: 'controls' }, ...quantities.map(quantityControl)),
    details('Prices by the month', false, el('div', { class: 'controls' }, ...PRICES.map(priceControl))),
  ]
}

const STEPS = 400

function quantityControl(quantity: Quantity): HTMLElement {
  const { choice, least, most, log, step = 1 } = quantity
  const linear = { min: least, max: most, step }
  const logarithmic = {
    min: 0,
    max: STEPS,
    step: 1,
    toSlider: (x: number) => (STEPS * Math.log(x / least)) / Math.log(most / least),
    // Two digits: nobody drags to the third.
    fromSlider: (x: number) => Number((least * (most / least) ** (x / STEPS)).toPrecision(2)),
  }
  return control({
    ...quantity,
    ...(log ? logarithmic : linear),
    id: `plan-${choice}`,
    value: () => valueFor(quantity),
    set: (value) => chooseQuantity(choice, value),
  })
}

/** Without any price cores are compared; the first that is given makes the others zero. */
function priceControl({ key, label, most }: (typeof PRICES)[number]): HTMLElement {
  return control({
    id: `price-${key}`,
    label,
    unit: '',
    initial: 0,
    min: 0,
    max: most,
    step: most / 100,
    value: () => pricesFrom()?.[key] ?? 0,
    set(value) {
      const prices = { ...(pricesFrom() ?? FREE), [key]: Math.max(0, value) }
      const all = PRICES.map((one) => prices[one.key])
      choose({ price: all.every((price) => price === 0) ? null : all.join(',') })
    },
  })
}

interface Slider {
  id: string
  label: string
  unit: string
  initial: number
  /** Of the slider’s own scale. */
  min: number
  max: number
  step: number
  /** Where that scale is another one than that of the value. */
  toSlider?(value: number): number
  fromSlider?(place: number): number
  /** As the address has it. */
  value(): number
  set(value: number): void
}

const same = (x: number) => x

function control({ id, label, unit, initial, min, max, step, ...slider }: Slider): HTMLElement {
  const { toSlider = same, fromSlider = same } = slider
  const number = el('input', {
    type: 'number',
    id,
    step: 'any',
    change() {
      slider.set(number.value === '' ? initial : Number(number.value))
    },
  })
  const range = el('input', {
    type: 'range',
    'aria-label': `${label}, slider`,
    min,
    max,
    step,
    input() {
      slider.set(fromSlider(Number(range.value)))
    },
  })
  follow(asking, () => {
    const value = slider.value()
    number.value = String(value)
    range.value = String(toSlider(value))
    range.setAttribute('aria-valuetext', `${figure(value)} ${unit}`.trim())
  })
  return el(
    'div',
    { class: 'control' },
    el('span', {}, el('label', { for: id }, label), el('small', {}, unit)),
    number,
    range,
  )
}
