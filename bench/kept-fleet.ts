/** A fleet that stays up while several trials take turns on it, so that they differ in nothing but what is in rotation. */
import type { Generator, RunningFleet } from './types.ts'

/** A fleet with its load generator. */
export interface Started {
  running: RunningFleet
  generator: Generator
}

export interface KeptFleet<Ready> {
  /**
   * The fleet of this name, started if it is not up; any other is ended first.
   * @returns with `ready`, what `makeReady` made of it once
   */
  take(name: string, start: () => Promise<Started>): Promise<Started & { ready: Ready | null }>
  /** Remembers what the fleet was made ready with. */
  isReady(ready: Ready): void
  /** Ends what is up; does nothing otherwise. */
  end(): Promise<void>
}

/** One at a time. */
export function keepFleet<Ready>(): KeptFleet<Ready> {
  let kept: (Started & { name: string; ready: Ready | null }) | null = null
  const end = async () => {
    const before = kept
    kept = null
    if (before) await stopBoth(before)
  }
  return {
    end,
    isReady(ready) {
      if (kept) kept.ready = ready
    },
    async take(name, start) {
      if (kept?.name !== name) {
        await end()
        kept = { ...(await start()), name, ready: null }
      }
      return kept
    },
  }
}

export async function stopBoth({ running, generator }: Started): Promise<void> {
  await Promise.all([generator.close(), running.stop()])
}
