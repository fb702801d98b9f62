/** Noise from a seed. */
import { seededDraw } from './seeded.ts'

/** Draws from the standard normal distribution (Box & Muller, Annals of Mathematical Statistics 29, 1958). */
export function seededNormal(seed: number): () => number {
  const draw = seededDraw(seed)
  const uniform = () => (draw(1_000_000) + 0.5) / 1_000_000
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}
