/** Every second quick test file in one process: see `together.ts`. */
import { together } from './together.ts'

await together(0)
