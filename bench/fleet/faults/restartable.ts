/** A part of a fleet that can be killed on purpose and started again in its place. */
interface Part {
  /** Null where the process is not ours to see. */
  pid: number | null
  /** Resolves with a reason when it ends; never rejects. */
  ended: Promise<string>
  stop(): Promise<void>
}

export class Restartable<T extends Part> {
  /** Resolves with a reason when it ends otherwise than by `kill`; never rejects. */
  readonly ended: Promise<string>
  readonly #again: () => Promise<T>
  #end = (_reason: string) => {}
  #current: T
  #killed: T | undefined

  /** @param again starts it at the same address; what it throws passes through `restart` */
  constructor(first: T, again: () => Promise<T>) {
    this.#again = again
    this.#current = first
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    this.#watch(first)
  }

  get current(): T {
    return this.#current
  }

  /** Of the process that runs now. Throws where it is not ours to see, and so not ours to break. */
  get pid(): number {
    const { pid } = this.#current
    if (pid === null) throw new Error('a process that is not ours to see cannot be broken')
    return pid
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    const { pid } = this
    this.#killed = this.#current
    process.kill(pid, 'SIGKILL')
    await this.#current.ended
  }

  /** After `kill`. */
  async restart(): Promise<void> {
    this.#current = await this.#again()
    this.#watch(this.#current)
  }

  stop(): Promise<void> {
    return this.#current.stop()
  }

  #watch(part: T): void {
    void part.ended.then((reason) => this.#killed !== part && this.#end(reason))
  }
}
