/**
 * What a route does beside auth, as a known amount of CPU: a service that waits for nothing but its next request sleeps in
 * between, and what auth costs a process that sleeps is not what it costs one that works.
 *
 * It lasts for a time and not for a number of steps. On a shared host the speed of a CPU changes by a fifth within seconds,
 * and work of 500 µs that takes 400 or 600 would hide what a scheme adds to it.
 */
export function work(us: number): void {
  const untilMs = performance.now() + us / 1_000
  while (performance.now() < untilMs);
}
