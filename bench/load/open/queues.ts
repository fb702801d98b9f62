/** First in, first out: `Array.shift` moves all that follow, and a backlog can be long. */
export class Fifo<T> {
  #items: T[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  push(item: T): void {
    this.#items.push(item)
  }

  first(): T | undefined {
    return this.#items[this.#head]
  }

  shift(): T | undefined {
    const item = this.first()
    if (this.length > 0) this.#head++
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }

  /** Takes it out wherever it stands, at the price of a walk. @returns whether it was there */
  remove(item: T): boolean {
    const at = this.#items.indexOf(item, this.#head)
    if (at >= 0) this.#items.splice(at, 1)
    return at >= 0
  }
}

/** Numbered things, sorted: what is due last stands first, so that the next one leaves at the cheap end. */
export class DueTimes {
  readonly #items: { atUs: number; id: number }[] = []

  /** When the first one is due; Infinity when there is none. */
  get firstUs(): number {
    return this.#items.at(-1)?.atUs ?? Number.POSITIVE_INFINITY
  }

  add(atUs: number, id: number): void {
    let [low, high] = [0, this.#items.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#items[middle]?.atUs ?? 0) > atUs) low = middle + 1
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
