/** Chooses the fleet: containers when docker-compose.yml says that there are some, else processes of our own. */
import type { Fleet, FleetOptions } from './fleet.ts'
import { openLocalFleet } from './local/local.ts'
import { openRemoteFleet } from './remote.ts'

export async function openFleet(options: FleetOptions): Promise<Fleet> {
  const replicas = process.env.AUTHSCALE_REPLICAS
  return replicas ? openRemoteFleet(replicas, options) : openLocalFleet(options)
}
