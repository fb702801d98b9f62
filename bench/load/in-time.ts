/** Waiting, but not for ever: for what takes too long, what is stopped, and what dies meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * What comes of `work`, or what `late` gives, or throws, where that takes longer than `ms`. The outermost of several limits:
 * one inside that is given up would keep its timer.
 */
export async function within<T, L>(ms: number, work: Promise<T>, late: () => L | Promise<L>): Promise<T | L> {
  const done = new AbortController()
  const over = sleep(ms, undefined, { signal: done.signal })
  try {
    return await Promise.race([work, over.then(late)])
  } finally {
    done.abort()
  }
}

/** What comes of `work`; rejects with the signal's reason when it aborts before. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const done = new AbortController()
  const stopped = new Promise<never>((_, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true, signal: done.signal })
  })
  try {
    return await Promise.race([work, stopped])
  } finally {
    done.abort()
  }
}

/** What comes of `work`; rejects with `failure` of the reason when what it needs ends before. */
export function unlessEnded<T>(
  work: Promise<T>,
  ended: Promise<string>,
  failure: (reason: string) => Error = (reason) => new Error(reason),
): Promise<T> {
  return Promise.race([work, ended.then((reason) => Promise.reject(failure(reason)))])
}

/** Looks until it is so. @returns false when it is not within `ms` */
export async function becomes(isSo: () => boolean | Promise<boolean>, ms: number, pollMs: number) {
  const over = performance.now() + ms
  while (!(await isSo())) {
    if (performance.now() > over) return false
    await sleep(pollMs)
  }
  return true
}

/** Longer than this nobody waits at a terminal without a word. */
const SILENCE_MS = 20_000

/** What is waited for, as `log` hears when it takes longer than people wait without a word, and again as often. */
export async function announced<T>(
  what: string,
  promise: Promise<T>,
  log: (line: string) => void,
  silenceMs = SILENCE_MS,
): Promise<T> {
  const began = Date.now()
  const say = () => log(`still waiting for ${what} (${Math.round((Date.now() - began) / 1_000)} s)`)
  const timer = setInterval(say, silenceMs)
  try {
    return await promise
  } finally {
    clearInterval(timer)
  }
}
