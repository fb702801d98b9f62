/** The quick test files that `quick-first.ts` leaves out. */
import { together } from './together.ts'

await together(1)
