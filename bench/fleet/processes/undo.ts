/** Taking back what was done, when a step fails or all is over. */

/** All of them. Where one does not start the others are ended, and its reason is thrown. */
export async function allOrNone<T>(
  starting: readonly Promise<T>[],
  end: (one: T) => Promise<unknown>,
): Promise<T[]> {
  const settled = await Promise.allSettled(starting)
  const started = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const failure = settled.find((one) => one.status === 'rejected')
  if (!failure) return started
  await Promise.all(started.map(end))
  throw failure.reason
}

/** Steps that take back what was done, latest first. A step that fails does not keep the others from running. */
export class Undo {
  readonly #steps: (() => unknown)[] = []

  add(step: () => unknown): void {
    this.#steps.push(step)
  }

  /** In the end the part is stopped. */
  stopping<T extends { stop(): unknown }>(part: T): T {
    this.add(() => part.stop())
    return part
  }

  /** Each step runs once, however often this is called. @throws the first failure, when all have run */
  async all(): Promise<void> {
    const failures: unknown[] = []
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
