/** Finds the largest state that a scheme takes, by one login and one read on fresh server processes for each size. */
import { nextSize, type StateLimit, stateLimit, type Tried } from '../../figures/state-limit.ts'
import { askFleet, type Surroundings } from '../../fleet/ask-fleet.ts'
import type { FleetSpec } from '../../fleet/fleet.ts'
import { refusalOf } from '../../load/try-user.ts'
import type { Arm } from '../../record/types.ts'

/** Starting a fleet takes about a second and trying it a tenth; this is for machines that swap. */
const TRY_LIMIT_MS = 60_000

/** @throws what the start of a fleet throws; Error when a try had no clear answer */
export async function findStateLimit(
  search: NonNullable<Arm['largestState']>,
  spec: FleetSpec,
  surroundings: Surroundings,
): Promise<StateLimit> {
  const tried: Tried[] = []
  for (let bytes = nextSize(search, tried); bytes !== null; bytes = nextSize(search, tried)) {
    const sized = { ...spec, settings: { ...spec.settings, stateBytes: bytes } }
    // Names count upwards, so the last user's is the longest.
    const refusal = await askFleet(surroundings, sized, TRY_LIMIT_MS, ({ url }) =>
      refusalOf(url, spec.traits.transport, spec.users - 1),
    )
    tried.push({ bytes, refusal })
  }
  return stateLimit(tried)
}
