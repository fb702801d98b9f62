/** The section of a report about loads far beyond the measured ones: what they would take, and what that rests on. */
import type { SchemeName } from '../../../servers/scheme.ts'
import type { Run } from '../../record/types.ts'
import { traits } from '../../traits.ts'
import { code, figure, list, machine, percent, short } from '../../words/format.ts'
import { type ChartLink, type Section, section } from '../../words/section.ts'
import { bullets, folded, markdownTable, type Table } from '../../words/tables.ts'
import type { Range } from '../range.ts'
import { count, ranged } from '../text.ts'
import { FAR } from '../tiers.ts'
import type { FarLaw, FarSizes } from './far.ts'
import type { FarScale } from './schema.ts'
import { atSite, LOADS, shown, type Told, told } from './summary.ts'

const MOST_NODES = 1_000
const FEW_BLOCKS_NOTE =
  'The ranges come from fewer than five blocks and hold less than 95 %; a figure without a range is a ' +
  'capacity that ended at the same step of the search in each block.'
const MISSING =
  'This run cannot be carried further than it was measured: that needs the latency of a scheme at arrival ' +
  'rates, its cost and the memory of its users. `npm run bench -- --only latency,cost,users` measures them.'

export function farSection(run: Run, { farScale }: { farScale: FarScale | null }, chart: ChartLink): Section {
  if (!farScale) return section('far-scale', 'Far scale', MISSING)
  const schemes = told(farScale)
  const refusals = farScale.schemes.flatMap(({ scheme, refused }) =>
    refused === null ? [] : [`${code(scheme)}: ${refused}`],
  )
  const without = refusals.length > 0 ? ['Nothing can be said of these:', bullets(refusals)] : []
  if (schemes.length === 0) return section('far-scale', 'Far scale', ...without)
  return section(
    'far-scale',
    'Far scale',
    premise(farScale),
    chart('charts/far-scale.svg', 'Replicas and Redis primaries against loads far beyond the measured ones'),
    markdownTable(mainTable(farScale)),
    folded('Proxy cores', markdownTable(tierTable(farScale, 'proxy cores', ({ proxyCores }) => proxyCores))),
    ...siteText(farScale),
    'All of it holds only if:',
    bullets(premises(run, farScale)),
    contentionText(farScale),
    ...without,
  )
}

function premise(far: FarScale): string {
  const { secPerRequest, headroom, primaryBytes, p99Ms } = far.assumptions
  const few = told(far).some(({ law }) => law.fewBlocks) ? ` ${FEW_BLOCKS_NOTE}` : ''
  return (
    '**Extrapolated, not measured.** What loads far beyond this machine would take by the laws of `npm run ' +
    `plan\`, if each logged-in user sends a request in ${secPerRequest} s, a replica is one core that keeps p99 ` +
    `≤ ${p99Ms} ms, ${percent(headroom)} of every core stays free, and users add at most ` +
    `${figure(primaryBytes / 1e9, 100)} GB to a Redis primary. “Measured” ends at the largest load that kept ` +
    'that latency and had as many users logged in, if a scheme keeps anything for them. From there the demand ' +
    'law carries it (each request takes as much CPU of each part as was seen), until a second proxy core or ' +
    'Redis primary is needed. Beyond that it rests on the assumptions below. A figure is “not known” more than ' +
    `${FAR} times beyond the highest rate measured, if the fit U = U0 + D·X of that part was too poor.${few}`
  )
}

/** Replicas and, where a scheme uses it, Redis primaries. */
function mainTable(far: FarScale): Table {
  const replicas = tierTable(far, 'replicas', (sizes) => sizes.replicas)
  const primaries = tierTable(far, 'Redis primaries', (sizes) => sizes.redisPrimaries)
  return {
    head: [...replicas.head, 'measured up to', 'demand law up to'],
    rows: told(far).flatMap(({ law }, i) => {
      const ends = [`${short(law.measuredToPerSec)}/s`, `${short(law.lawToPerSec)}/s`]
      const first = [...(replicas.rows[i] ?? []), ...ends]
      return law.redis ? [first, [...(primaries.rows[i] ?? []), '', '']] : [first]
    }),
  }
}

function tierTable(far: FarScale, what: string, of: (sizes: FarSizes) => Range | null): Table {
  const { secPerRequest } = far.assumptions
  return {
    head: ['scheme', 'needs', ...LOADS.map((rps) => `${short(rps)}/s, ${short(rps * secPerRequest)} users`)],
    rows: told(far).map((entry) => [
      entry.scheme,
      what,
      ...LOADS.map((rps) => {
        const sizes = entry.sizes.find((one) => one.rps === rps)
        return sizes ? cell(entry, sizes, of(sizes), what) : ''
      }),
    ]),
  }
}

function cell({ law }: Told, { decidedBy }: FarSizes, range: Range | null, what: string): string {
  if (range === null) return 'not known'
  const atMost = law.atLeast && what === 'replicas' ? 'at most ' : ''
  const byMemory = decidedBy === 'memory' && what === 'Redis primaries' ? ', by memory' : ''
  return `${atMost}${ranged(range, count)}${byMemory}`
}

/** The answer in words, for one large site. */
function siteText(far: FarScale): string[] {
  const { siteUsers, assumptions } = far
  const rps = siteUsers / assumptions.secPerRequest
  const schemes = shown(far)
  const most = Math.max(...schemes.map(({ law }) => law.measuredToPerSec))
  return [
    `**What would a site with ${short(siteUsers)} logged-in users need?** A request in ${assumptions.secPerRequest} s ` +
      `from each of them makes ${short(rps)} requests/s, ${figure(rps / most)} times the largest load measured here. ` +
      'By these laws, in replicas of one core:',
    bullets(schemes.flatMap((entry) => siteLine(entry, far) ?? [])),
  ]
}

function siteLine(entry: Told, far: FarScale): string | undefined {
  const sizes = atSite(entry, far)
  if (!sizes) return undefined
  const { scheme, law } = entry
  const parts = [
    `${law.atLeast ? 'at most ' : ''}${ranged(sizes.replicas, count)} replicas`,
    redisWords(entry, sizes),
    sizes.proxyCores
      ? `${ranged(sizes.proxyCores, count)} proxy cores`
      : `proxy cores not known beyond ${short(law.proxy.knownToPerSec ?? 0)} requests/s`,
  ]
  return `${code(scheme)}: ${list(parts)}`
}

function redisWords({ law }: Told, { redisPrimaries, decidedBy }: FarSizes): string {
  if (!law.redis) return 'no Redis'
  if (!redisPrimaries)
    return `Redis primaries not known beyond ${short(law.redis.knownToPerSec ?? 0)} requests/s`
  const reason = decidedBy === 'memory' ? 'memory decides, not CPU' : 'CPU decides, not memory'
  return `${ranged(redisPrimaries, count)} Redis primaries (${reason})`
}

/** What the figures take for granted, one sentence each. */
function premises(run: Run, far: FarScale): string[] {
  const { secPerRequest } = far.assumptions
  const schemes = told(far)
  const primaries = schemes.flatMap(({ sizes }) => sizes.map((one) => one.redisPrimaries?.value ?? 0))
  const borrowed = schemes.filter(({ scheme, law }) => law.redis && law.userBytesOf !== scheme)
  const beyondSpec = Math.max(...primaries) > MOST_NODES ? ', which the largest figures above exceed' : ''
  return [
    `users send a request in ${secPerRequest} s each, which nobody measured; with one in ${secPerRequest / 10} ` +
      's everything but memory is ten times as much.',
    'replicas behind enough proxies share nothing but Redis, so each of them serves as much as one alone.',
    ...schemes
      .filter(({ scheme }) => traits[scheme as SchemeName].state === 'process')
      .map(
        ({ scheme }) =>
          `with ${code(scheme)} each user comes back to the replica that holds the session, and is logged out when that ` +
          'replica goes.',
      ),
    schemes.some(({ law }) => law.redis) &&
      'a Redis Cluster splits the keys evenly: no key is hot, no command touches several slots. What redirections ' +
        '(MOVED) and the routing in the client cost was not measured. Replicas of Redis for failover come on top. ' +
        `Its specification promises linear growth up to ${figure(MOST_NODES)} nodes${beyondSpec}.`,
    ...borrowed.map(
      ({ scheme, law }) =>
        `a user of ${code(scheme)} takes as much memory as a user of ${code(law.userBytesOf)}, which keeps its state in ` +
        'the same place.',
    ),
    'the network between the parts carries the load; that was not measured.',
    `every core is as fast as one of this machine (${machine(run.environment)}).`,
  ].filter((sentence) => sentence !== false)
}

type Found = FarLaw['contention']['found']

/** What replicas cost each other: one sentence for all schemes without a fit, and one for each of the others. */
function contentionText(far: FarScale): string {
  const schemes = told(far)
  const of = (found: Found) => schemes.filter(({ law }) => law.contention.found === found)
  const names = (found: Found) => list(of(found).map(({ scheme }) => code(scheme)))
  const missing = of('not-measured').length
  const sentences = [
    missing > 0 &&
      `That was not measured in this run${missing === schemes.length ? '' : ` for ${names('not-measured')}`}: ` +
        '`npm run bench -- --only replicas` measures it.',
    of('hidden').length > 0 &&
      `For ${names('hidden')} it could not be told: Redis, the proxy or the load was full at some number of replicas.`,
    ...of('none').map(noneText),
    ...of('some').map((entry) => someText(entry, far)),
  ].filter((sentence) => sentence !== false)
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
    `For ${code(scheme)} contention was not told from 0 over the ${mostReplicas} replicas measured ` +
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
    `For ${code(entry.scheme)} contention was seen over ${mostReplicas} replicas ` +
    `(α ${interval(alpha)}, β ${interval(beta)}). If it stays, ${there}.${end}`
  )
}

/** Far below one; only the first digits count. */
const digits = (value: number) => (value === 0 ? '0' : value.toPrecision(2))
const interval = (range: Range | null) => (range ? `${digits(range.lo)} to ${digits(range.hi)}` : 'not known')
