/** Bisection to the last digits: the place between two ends up to which `isBelow` holds. */
export function bisected(from: number, to: number, isBelow: (x: number) => boolean): number {
  let [low, high] = [from, to]
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (isBelow(middle)) low = middle
    else high = middle
  }
  return (low + high) / 2
}
