/**
 * The tiers of a fleet as data: schemas, figures, tables and charts take them from here. One more is a row here, and what
 * reads its CPU (`bench/probe/probe.ts` asks the fleet for the processes of each).
 */
import { z } from 'zod'

/** Colours go from dark to light, so that they also differ in print; letters do the same in a terminal. */
export const TIERS = [
  { key: 'replicas', name: 'replica', serves: true, color: '#4477aa', letter: '█' },
  { key: 'redis', name: 'Redis', serves: true, color: '#cc3311', letter: '▒' },
  { key: 'proxy', name: 'proxy', serves: true, color: '#bbbbbb', letter: '░' },
  { key: 'generator', name: 'generator', serves: false, color: '#dddddd', letter: '·' },
] as const

export type Tier = (typeof TIERS)[number]['key']

/** Those whose CPU a request costs; the generator only asks. */
export const SERVING = TIERS.filter(
  (tier): tier is Extract<(typeof TIERS)[number], { serves: true }> => tier.serves,
)
export type ServingTier = (typeof SERVING)[number]['key']

/** One value for each tier. */
export function ofTiers<T>(of: (tier: Tier) => T): Record<Tier, T> {
  return Object.fromEntries(TIERS.map(({ key }) => [key, of(key)])) as Record<Tier, T>
}

/** One value for each tier that serves. */
export function ofServing<T>(of: (tier: ServingTier) => T): Record<ServingTier, T> {
  return Object.fromEntries(SERVING.map(({ key }) => [key, of(key)])) as Record<ServingTier, T>
}

/** A schema of one value for each tier of a fleet. */
export const perTier = <T extends z.ZodType>(value: T) => z.object(ofTiers(() => value))
