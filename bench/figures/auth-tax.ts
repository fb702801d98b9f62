/** The one home of the auth tax: what a scheme adds to the controls, in CPU µs a request, block by block. */
import { type ByBlock, medianPerBlock, subtracted } from '../stats/paired.ts'

/** Of several equal arms together one number a block: the mean of two controls is less noisy than either. */
export function together(bases: readonly ByBlock[]): ByBlock {
  return medianPerBlock(bases.flatMap((base) => [...base]))
}

/** What `of` takes beyond `bases` together in the same block, in the unit of both. */
export function addedTo(bases: readonly ByBlock[], of: ByBlock): ByBlock {
  return subtracted(of, together(bases))
}
