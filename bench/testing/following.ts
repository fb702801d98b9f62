/** Made-up costs of requests whose tax is known to follow one thing alone. */
import type { Point } from '../record/types.ts'

/** CPU µs a request of a replica that sleeps before each. */
const AT_REST: Readonly<Record<string, number>> = {
  none: 150,
  'session-redis': 700,
  'session-memory': 240,
  'jwt-hs256': 280,
  'jwt-es256': 400,
}
const CONTROL_US = AT_REST.none ?? 0
/** What is left of it where a replica never sleeps. */
const AWAKE = 0.4

const atRest = (scheme: string) => AT_REST[scheme] ?? CONTROL_US

const left = (load: number, half: number) => AWAKE + (1 - AWAKE) / (1 + load / half)

/** Busy share of the control: what it takes depends on how busy it is, and that on what it takes. */
function busyOf({ perSec, handlerUs }: Point): number {
  if (perSec === null) return 1
  let busy = 0
  for (let round = 0; round < 30; round++)
    busy = Math.min(1, (perSec * (handlerUs + CONTROL_US * left(busy, 0.2))) / 1e6)
  return busy
}

/** All that a request takes beside handler work falls with the busy share of the control. */
export const followingBusy = (scheme: string, point: Point): number =>
  atRest(scheme) * left(busyOf(point), 0.2)

/** The control the same; what a scheme adds to it falls with the rate, whatever the handler takes. */
export const followingRate = (scheme: string, point: Point): number =>
  followingBusy('none', point) +
  (atRest(scheme) - CONTROL_US) * (point.perSec === null ? AWAKE : left(point.perSec, 500))
