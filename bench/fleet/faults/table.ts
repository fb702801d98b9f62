/** Every fault of a fleet by its name. */
import { networkFaults } from './network-faults.ts'
import type { FleetFault, FleetFaultId } from './parts.ts'
import { redisFaults } from './redis-faults.ts'
import { serverFaults } from './server-faults.ts'

export const fleetFaults: Readonly<Record<FleetFaultId, FleetFault>> = {
  ...redisFaults,
  ...networkFaults,
  ...serverFaults,
}
