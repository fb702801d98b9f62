/** A comparison as nobody should write it: it takes the longer, the more of a guess is right. */

/** Work for each character, some hundred nanoseconds: what the instrument has to see. */
const STEPS = 200

let sink = 0

export function leakyEquals(guess: string, existing: string): boolean {
  for (let i = 0; i < existing.length; i++) {
    sink = work(sink)
    if (guess.charCodeAt(i) !== existing.charCodeAt(i)) return false
  }
  return true
}

/** What comes out is used, so that no compiler can leave it away. */
function work(from: number): number {
  let value = from
  for (let step = 0; step < STEPS; step++) value = (Math.imul(value, 31) + step) | 0
  return value
}
