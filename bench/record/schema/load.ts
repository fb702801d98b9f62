/** The load of an arm: who sends when. */
import { z } from 'zod'
import { count, nonNegative, positive } from './basics.ts'

export const spacingSchema = z.enum(['poisson', 'even'])

/** Optional, since runs before 2026-11-29 have none. */
const popularityExponent = nonNegative
  .max(3)
  .optional()
  .describe(
    'Each request draws its user by a Zipf law with this exponent, user0 the most popular; 0: all alike. Absent: users in turn',
  )

export const loadSchema = z.discriminatedUnion('loop', [
  z.object({
    loop: z.literal('closed').describe('Each connection waits for its reply before it sends again'),
    connections: count.min(1),
    requests: z
      .enum(['read', 'login', 'refresh'])
      .optional()
      .describe(
        'read, the default: GET /me; login: POST /login; refresh: POST /refresh, by who logged in before the window',
      ),
    reuse: z
      .enum(['kept', 'new', 'resumed'])
      .optional()
      .describe(
        'kept, the default: a connection takes request after request; new: one each; resumed: one each, and each ' +
          'resumes the TLS session of the one before',
      ),
    popularityExponent,
  }),
  z.object({
    loop: z
      .literal('open')
      .describe('Arrivals ignore completions: a ladder of arrival rates, one rung after the other'),
    connections: count.min(1).describe('At most so many at once; an arrival that finds none free waits'),
    spacing: spacingSchema,
    ratesPerSec: z
      .array(positive)
      .min(1)
      .nullable()
      .describe('The rungs; null: double from the first rate until the SLO breaks, then halve the gap'),
    firstPerSec: positive,
    searchRungs: count.describe('Rungs spent on narrowing the gap in which the SLO breaks'),
    settleSec: nonNegative.describe('Sent at each rate before its window opens'),
    popularityExponent,
  }),
  z.object({
    loop: z
      .literal('journey')
      .describe('Journeys begin whatever became of the earlier ones: log in, reads, a write, log out'),
    connections: count.min(1).describe('At most so many at once; a step that finds none free waits'),
    journeysPerSec: positive.describe('Beginnings are a Poisson process'),
    reads: count.min(1).describe('In each journey, with one write before one of them'),
    thinkMs: nonNegative.describe('Mean of the exponential time between a reply and the next step'),
  }),
  z.object({
    loop: z
      .literal('turns')
      .describe(
        'Short turns of open-loop reads, by turns with the other arms of the block, whose fleets are up too',
      ),
    connections: count.min(1).describe('At most so many at once; an arrival that finds none free waits'),
    ratesPerSec: z.array(positive).min(1).describe('Arrival rates for each replica; Poisson arrivals'),
    handlerUs: z
      .array(count)
      .min(1)
      .describe('Handler work that each of these requests asks for; each rate is sent with each of them'),
    passes: count.min(1).describe('Turns at each of these points'),
    secPerArm: positive
      .optional()
      .describe(
        'Time of a generation for each of its arms, from when all fleets are up to the last turn: what the passes leave of ' +
          'it goes to the turns that make figures surer; where it ends sooner, so do the passes, but for the first. Absent: ' +
          'the passes are all',
      ),
    settleSec: nonNegative.describe('Sent in each turn before its window opens'),
    closed: z.boolean().describe('Whether the closed loop takes turns too, without handler work'),
    idleSec: nonNegative.describe('Length of a turn without any request; 0: none'),
    popularityExponent,
    mostBusy: positive.describe(
      'A point at which the replica is busy for a larger share of a core is left out',
    ),
  }),
])
