/** Finds the largest state that a scheme takes, by one login and one read on fresh server processes for each size. */
import { nextSize, type StateLimit, stateLimit, type Tried } from './experiments/state-limit.ts'
import { refusalOf } from './load/try-user.ts'
import type { Arm, Fleet, FleetSpec } from './types.ts'

/** Starting a fleet takes about a second and trying it a tenth; this is for machines that swap. */
const TRY_LIMIT_MS = 60_000

/** @throws what the start of a fleet throws; Error when a try had no clear answer */
export async function findStateLimit(
  search: NonNullable<Arm['largestState']>,
  spec: FleetSpec,
  { fleet, signal }: { fleet: Fleet; signal: AbortSignal },
): Promise<StateLimit> {
  const tried: Tried[] = []
  for (let bytes = nextSize(search, tried); bytes !== null; bytes = nextSize(search, tried)) {
    signal.throwIfAborted()
    const settings = { ...spec.settings, stateBytes: bytes }
    tried.push({ bytes, refusal: await tryOn({ ...spec, settings }, fleet) })
  }
  return stateLimit(tried)
}

async function tryOn(spec: FleetSpec, fleet: Fleet): Promise<string | null> {
  const running = await fleet.start(spec)
  const done = new AbortController()
  const { signal } = done
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer to a try in time')), TRY_LIMIT_MS)
    signal.addEventListener('abort', () => clearTimeout(timer))
  })
  const death = running.died.then((reason) => Promise.reject(new Error(reason)))
  try {
    // Names count upwards, so the last user's is the longest.
    const attempt = refusalOf(running.url, spec.traits.transport, spec.users - 1)
    return await Promise.race([attempt, death, late])
  } finally {
    done.abort()
    await running.stop()
  }
}
