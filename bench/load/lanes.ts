/** Many things to do, a few at a time. */

/**
 * Each lane takes the next item as soon as it is done with one. After a failure none begins any more.
 *
 * @throws what a lane failed of, when all have ended: nothing is under way any more
 */
export async function inLanes<T>(
  lanes: number,
  items: Iterable<T>,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = items[Symbol.iterator]()
  let hasFailed = false
  const lane = async () => {
    try {
      for (let next = left.next(); !next.done && !hasFailed; next = left.next()) await work(next.value)
    } catch (error) {
      hasFailed = true
      throw error
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: lanes }, lane))
  const failed = ended.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}
