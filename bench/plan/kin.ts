/** Which scheme another can stand for, where a run measured only one for each place of state. Pure. */
import type { SchemeName, Traits } from '../../servers/scheme.ts'
import { RENEWING } from '../experiments/roles.ts'
import { traits } from '../traits.ts'

/**
 * Whether both keep their state in the same place, and the same of it: who can renew a token has something in Redis that nobody else
 * has. A run may have schemes that are no more.
 */
export function isKin(other: string, scheme: SchemeName): boolean {
  if (other === RENEWING || scheme === RENEWING) return other === scheme
  const declared: Readonly<Record<string, Traits>> = traits
  return declared[other]?.state === traits[scheme].state
}
