/** All checks, in the order of their numbers. */
import type { Check } from './check.ts'
import { cookieChecks } from './cookies.ts'
import { endingChecks } from './endings.ts'
import { growthChecks } from './growth.ts'
import { refreshChecks } from './refresh.ts'
import { requestChecks } from './requests.ts'
import { sessionChecks } from './sessions.ts'
import { storeFaultChecks } from './store-faults.ts'
import { storeStartChecks } from './store-start.ts'
import { tokenChecks } from './tokens.ts'

export const checks: readonly Check[] = [
  ...cookieChecks,
  ...requestChecks,
  ...sessionChecks,
  ...tokenChecks,
  ...endingChecks,
  ...growthChecks,
  ...refreshChecks,
  ...storeStartChecks,
  ...storeFaultChecks,
].toSorted((a, b) => a.id - b.id)
