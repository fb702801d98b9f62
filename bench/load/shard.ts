/** Splits numbered things among processes: of `total`, number i belongs to process i mod `of`. */

/** Which part of the work one of several generator processes does: every `of`-th user, from `index` on. */
export interface Shard {
  index: number
  of: number
}

export const WHOLE: Shard = { index: 0, of: 1 }

/** How many of `total` are the shard's own. */
export function shareOf(total: number, { index, of }: Shard): number {
  return Math.max(0, Math.ceil((total - index) / of))
}

/** Whether thing number `number` of the whole is the shard's own. */
export function isOwn(number: number, { index, of }: Shard): boolean {
  return number % of === index
}

/** The shard's own thing number `own`, by its number in the whole. */
export function numberOf(own: number, { index, of }: Shard): number {
  return index + own * of
}
