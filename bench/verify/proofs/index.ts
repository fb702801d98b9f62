/** All proofs, in the order in which they are carried out. */
import type { Proof } from '../proof.ts'
import { bunching } from './bunching.ts'
import { busyWork } from './busy-work.ts'
import { arrivalDispersion } from './dispersion.ts'
import { faults } from './faults.ts'
import { fixedDelay } from './fixed-delay.ts'
import { knownQueue } from './known-queue.ts'
import { offeredRate } from './offered-rate.ts'
import { senderCost } from './sender-cost.ts'
import { sleepingNeighbour } from './sleeping-neighbour.ts'
import { spinner } from './spinner.ts'
import { stoppedServer } from './stopped-server.ts'
import { throughput } from './throughput.ts'
import { turns } from './turns.ts'
import { wrongUser } from './wrong-user.ts'

export const proofs: readonly Proof[] = [
  stoppedServer(),
  knownQueue(),
  fixedDelay(),
  offeredRate(),
  arrivalDispersion(),
  bunching(),
  faults(),
  throughput(),
  senderCost(),
  busyWork(),
  turns(),
  sleepingNeighbour(),
  spinner(),
  wrongUser(),
]
