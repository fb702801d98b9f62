/** First in, first out, for numbers: `Array.shift` moves all that follow, and a backlog can be long. */
export class Fifo {
  #items: number[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  push(item: number): void {
    this.#items.push(item)
  }

  /** Infinity when it is empty. */
  first(): number {
    return this.#items[this.#head] ?? Number.POSITIVE_INFINITY
  }

  /** Infinity when it is empty. */
  shift(): number {
    const item = this.first()
    if (this.length > 0) this.#head++
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
