/**
 * The ballast's process: keeps one CPU busy with work that goes through memory as a server's does, as far as its
 * quota lets it. Argument: nothing. Leaves with the harness.
 */
import { setImmediate as turn } from 'node:timers/promises'

/** More than a core's own cache, so that it takes as much of it as the replicas that are not there would. */
const WORDS = 1 << 19
/** Words between two touches: more than a cache line, and coprime to the length, so that all lines get their turn. */
const STRIDE = 4_099
/** A few ms: then it looks whether the harness is still there. */
const TOUCHES = 500_000

process.on('disconnect', () => process.exit(0))
const words = new Float64Array(WORDS)
for (let at = 0; ; await turn()) {
  for (let touch = 0; touch < TOUCHES; touch++) {
    at = (at + STRIDE) % WORDS
    words[at] = (words[at] ?? 0) + 1
  }
}
