/** Three wishes that decide more than CPU does, and for each the scheme that grants it, with what that costs and gives up. */
import { isSchemeName, type SchemeName, schemeNames } from '../../servers/scheme.ts'
import { CONTROL } from '../figures/records.ts'
import type { Trade } from '../trade/schema.ts'
import { traits } from '../traits.ts'
import type { Basis } from './basis.ts'
import { cheaperOf, type Side, sideAt } from './decision.ts'
import { type Guarantee, guaranteesOf } from './guarantees.ts'
import type { ServiceLoad } from './load.ts'

type Traits = (typeof traits)[SchemeName]

const WISHES: readonly { wish: string; why: string; fits: (traits: Traits) => boolean }[] = [
  {
    wish: 'For most services',
    why: 'A logout acts at once, nothing is readable, and a replica may go.',
    fits: ({ state, revocation, payload }) =>
      state === 'redis' && revocation === 'immediate' && payload === 'opaque',
  },
  {
    wish: 'Tokens, and a logout that acts at once',
    why: 'Others verify the token by themselves, and the service asks a list of those that were ended.',
    fits: ({ state, revocation }) => state === 'token+redis' && revocation === 'immediate',
  },
  {
    wish: 'No Redis',
    why: 'Nothing is kept but a key; what a logout should end goes on until it expires.',
    fits: ({ state }) => state === 'token',
  },
]

export interface Card {
  wish: string
  why: string
  /** Null where none that grants it was measured. */
  of: {
    side: Side
    /** Others that grant it and were not told to be dearer. */
    alike: string[]
    guarantees: Guarantee[]
    wire: string | null
    memory: string | null
  } | null
}

/**
 * Those that none was told to be cheaper than. One that takes as much as one that was beaten is unbeaten by its noise alone.
 *
 * @param sides plain forms first
 */
function bestOf(sides: readonly Side[], beats: (one: Side, other: Side) => boolean): readonly Side[] {
  const isBeaten = (side: Side) => sides.some((other) => other !== side && beats(other, side))
  const least = Math.min(...sides.filter(isBeaten).map(({ taxUs }) => taxUs.value))
  const best = sides.filter((side) => !isBeaten(side) && side.taxUs.value < least)
  // Noise can make three that beat each other in a circle: then none is told from the others.
  return best.length > 0 ? best : sides
}

/**
 * Of those that grant a wish the first of the registry than which none was told to be cheaper: the registry names plain forms first,
 * and a difference that was not told is no reason to leave them.
 *
 * @param trade what was measured of guarantees; empty where no run measured any
 */
export function cardsOf(basis: Basis, load: ServiceLoad, trade: Trade): Card[] {
  return WISHES.map(({ wish, why, fits }) => {
    const sides = schemeNames
      .filter((scheme) => scheme !== CONTROL && fits(traits[scheme]))
      .flatMap((scheme) => sideAt(basis, load, scheme) ?? [])
    const beats = (one: Side, other: Side) =>
      cheaperOf(basis, { ...load, schemes: [one.scheme, other.scheme] }) === 0
    const [side, ...alike] = bestOf(sides, beats)
    if (!side || !isSchemeName(side.scheme)) return { wish, why, of: null }
    const row = trade.find(({ scheme }) => scheme === side.scheme) ?? null
    return {
      ...{ wish, why },
      of: {
        ...{ side, alike: alike.map(({ scheme }) => scheme) },
        guarantees: guaranteesOf(side.scheme, row),
        wire: row?.cells.wire.text ?? null,
        memory: row?.cells.memory.text ?? null,
      },
    }
  })
}
