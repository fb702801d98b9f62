/** Numbered things that are due at known times, the earliest first. */

interface Due {
  atUs: number
  id: number
}

/** Kept sorted: what is due last stands first, so that the next one leaves at the cheap end. */
export class DueTimes {
  readonly #items: Due[] = []

  /** When the first one is due; Infinity when there is none. */
  get firstUs(): number {
    return this.#items.at(-1)?.atUs ?? Number.POSITIVE_INFINITY
  }

  add(atUs: number, id: number): void {
    let [low, high] = [0, this.#items.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#items[middle] as Due).atUs > atUs) low = middle + 1
      else high = middle
    }
    this.#items.splice(low, 0, { atUs, id })
  }

  /** Takes the first one out. @throws RangeError when there is none */
  shift(): number {
    const first = this.#items.pop()
    if (first === undefined) throw new RangeError('nothing is due')
    return first.id
  }
}
