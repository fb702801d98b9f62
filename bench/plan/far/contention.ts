/** What is known of replicas that cost each other something, and what it would make of large fleets. */
import { list, short } from '../../words/format.ts'
import { count } from '../text.ts'
import type { FarLaw } from './far.ts'
import type { FarScale } from './schema.ts'
import { atSite, type Told, told } from './summary.ts'

type Found = FarLaw['contention']['found']

/** What replicas cost each other: one sentence for all schemes without a fit, and one for each of the others. */
export function contentionText(far: FarScale): string {
  const schemes = told(far)
  const of = (found: Found) => schemes.filter(({ law }) => law.contention.found === found)
  const names = (found: Found) => list(of(found).map(({ scheme }) => `\`${scheme}\``))
  const all = of('not-measured').length === schemes.length
  const sentences = [
    ...(of('not-measured').length > 0
      ? [
          `That was not measured in this run${all ? '' : ` for ${names('not-measured')}`}: ` +
            '`npm run bench -- --only replicas` measures it.',
        ]
      : []),
    ...(of('hidden').length > 0
      ? [
          `For ${names('hidden')} it could not be told: Redis, the proxy or the load was full at some number of replicas.`,
        ]
      : []),
    ...of('none').map(noneText),
    ...of('some').map((entry) => someText(entry, far)),
  ]
  return `**Do replicas cost each other anything?** ${sentences.join(' ')}`
}

/** Not told from zero is not zero: what the end of the interval would still allow. */
function noneText({ scheme, law }: Told): string {
  const { mostReplicas, alpha, beta, ceilingPerSec } = law.contention
  const end =
    ceilingPerSec === null
      ? ''
      : `; the ends of these intervals would still stop one fleet at ${short(ceilingPerSec)} requests/s`
  return (
    `For \`${scheme}\` contention was not told from 0 over the ${mostReplicas} replicas measured ` +
    `(α ${interval(alpha)}, β ${interval(beta)}${end}).`
  )
}

function someText(entry: Told, far: FarScale): string {
  const { alpha, beta, mostReplicas, ceilingPerSec } = entry.law.contention
  const sizes = atSite(entry, far)
  const there = `${short(far.siteUsers)} users would take ${sizes?.contended ? `${count(sizes.contended)} replicas` : 'more than any number of replicas'}`
  const end =
    ceilingPerSec === null ? '' : ` One fleet would never serve more than ${short(ceilingPerSec)} requests/s.`
  return (
    `For \`${entry.scheme}\` contention was seen over ${mostReplicas} replicas ` +
    `(α ${interval(alpha)}, β ${interval(beta)}). If it stays, ${there}.${end}`
  )
}

/** Far below one; only the first digits count. */
const digits = (value: number) => (value === 0 ? '0' : value.toPrecision(2))
const interval = (range: { lo: number; hi: number } | null) =>
  range ? `${digits(range.lo)} to ${digits(range.hi)}` : 'not known'
