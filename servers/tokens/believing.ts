/**
 * Spares Redis most questions about ended logins. That a login was not ended is believed for a while; that it was is
 * asked anew each time, so that only valid logins take up memory.
 */

/** The most logins that are believed, of some 150 bytes each; beyond that number the oldest is asked about again. */
const MOST_LOGINS = 50_000

interface Believing {
  /** Calls `ask` only where the login is not believed. */
  isEnded(login: string, ask: () => Promise<boolean>): Promise<boolean>
  /** After a logout: this login is not believed any more. */
  forget(login: string): void
}

/**
 * Asks about one login no more often than every `sec` seconds while the answer is no. A login that ends elsewhere is
 * let in for at most `sec` seconds after its logout was acknowledged.
 */
export function believing(sec: number, limit = MOST_LOGINS, nowMs = () => performance.now()): Believing {
  if (sec === 0) return { isEnded: (_login, ask) => ask(), forget() {} }
  /** Oldest first, which is also the order in which they run out. */
  const believedUntilMs = new Map<string, number>()
  let logouts = 0
  return {
    async isEnded(login, ask) {
      // Counted from the question: when the answer comes, it may be out of date already.
      const askedMs = nowMs()
      if (askedMs < (believedUntilMs.get(login) ?? 0)) return false
      const logoutsBefore = logouts
      if (await ask()) return true
      // An answer from before a logout must not outlive it.
      if (logouts === logoutsBefore) believe(login, askedMs)
      return false
    },
    forget(login) {
      logouts += 1
      believedUntilMs.delete(login)
    },
  }

  function believe(login: string, askedMs: number): void {
    believedUntilMs.delete(login)
    for (const [oldest, untilMs] of believedUntilMs) {
      if (untilMs > askedMs && believedUntilMs.size < limit) break
      believedUntilMs.delete(oldest)
    }
    believedUntilMs.set(login, askedMs + sec * 1000)
  }
}
