/** What to choose by where CPU does not decide it: what each of two schemes keeps that the other gives up. */
import type { Trade } from '../trade/schema.ts'
import type { Decision } from './decision.ts'
import { type Guarantee, guaranteesApart } from './guarantees.ts'

/** What somebody wants who needs it, behind "if". */
const WANTS = {
  logout: 'a logout must act at once',
  redis: 'users must be served while Redis is down',
  replica: 'a lost replica must log nobody out',
  reading: 'a credential must show nothing of its user',
  theft: 'no script may take the credential',
} as const satisfies Record<Guarantee['about'], string>

/**
 * One or two sentences.
 *
 * @param trade what was measured of guarantees; without it they are what schemes declare
 * @param name how a scheme's name is printed
 */
export function adviceOf(
  { sides, outcome, cheaper }: Decision,
  trade: Trade,
  name: (scheme: string) => string,
): string {
  const schemes = sides.map(({ scheme }) => scheme) as [string, string]
  const wants = wantsOf(schemes, trade)
  const named = ([0, 1] as const).map((place) => ({ scheme: name(schemes[place]), wants: wants[place] }))
  if (outcome === 'decides' && cheaper !== null) {
    const [less, more] = cheaper === 0 ? named : named.toReversed()
    if (!less || !more) return ''
    return more.wants.length > 0
      ? `Choose ${more.scheme} all the same if ${either(more.wants)}.`
      : `${more.scheme} keeps nothing that ${less.scheme} gives up.`
  }
  const choices = named.filter((one) => one.wants.length > 0)
  if (choices.length === 0) return 'Both keep and give up the same: choose the one that you know better.'
  return `Choose ${choices.map((one) => `${one.scheme} if ${either(one.wants)}`).join('; ')}.`
}

/** What the first keeps and the second gives up, and the other way round. */
function wantsOf(schemes: readonly [string, string], trade: Trade): [string[], string[]] {
  const apart = guaranteesApart(schemes, trade)
  // Where a credential is stored is a choice that tokens have too: it counts between two that differ in nothing else.
  const counting = apart.length > 1 ? apart.filter(([{ about }]) => about !== 'theft') : apart
  const wants = (place: 0 | 1) =>
    counting.filter((cells) => cells[place].isKept).map(([{ about }]) => WANTS[about])
  return [wants(0), wants(1)]
}

/** `a, b or c` */
const either = (wants: readonly string[]) =>
  wants.length < 2 ? wants.join('') : `${wants.slice(0, -1).join(', ')} or ${wants.at(-1)}`
