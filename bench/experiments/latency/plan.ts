/** How long an answer takes at an arrival rate that does not wait for answers, and which rate is too much. */
import { arm, asPopular, blocksOf, oneForEachState, withControl } from '../arms.ts'
import type { Experiment } from '../experiment.ts'
import { OPEN_CONNECTIONS_PER_REPLICA, profiles } from '../profiles.ts'

export const latency: Experiment = {
  name: 'latency',
  question: 'How long does an answer take at each arrival rate, and which rate keeps the SLO?',
  plan(options) {
    const {
      blocks,
      warmupSec,
      warmupRequests,
      measureSec,
      brief,
      schemes: few,
      ...ladder
    } = profiles[options.profile].latency
    const rates = (options.rates ?? brief)?.toSorted((a, b) => a - b)
    const load = {
      loop: 'open' as const,
      spacing: 'poisson' as const,
      connections: options.connections ?? OPEN_CONNECTIONS_PER_REPLICA,
      ratesPerSec: rates ?? null,
      ...asPopular(options),
      ...ladder,
    }
    const phases = { warmupSec, warmupRequests, measureSec }
    const every = brief ? oneForEachState(options) : withControl(options)
    const schemes = few && !options.schemesNamed ? few : every
    const arms = schemes.map((scheme) =>
      arm({ experiment: 'latency', scheme, replicas: 1, ...phases, load }, options),
    )
    const notes =
      rates?.length === 1
        ? ['latency: one arrival rate says how long an answer takes there, and nothing about capacity']
        : []
    return { rounds: [{ arms, blocks: blocksOf(options, blocks) }], notes }
  },
}
