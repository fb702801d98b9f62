/** What TLS at the proxy adds to a request and to a connection, and which versions it refuses. */
import type { SchemeName } from '../../../servers/scheme.ts'
import { addedTo, concluded, inFamily, together, union } from '../../figures/comparisons.ts'
import { estimate, metrics, servingCpuUs } from '../../figures/metrics.ts'
import { type ArmRecords, armsIn, byBlock, CONTROL, isControl, sameCell } from '../../figures/records.ts'
import { totalOf } from '../../figures/seen.ts'
import type { Arm } from '../../record/types.ts'
import { type ByBlock, evidenceOfDifferences, ownError, ratios } from '../../stats/paired.ts'
import { type Reuse, SESSION_SCHEME } from './plan.ts'
import type { Summary } from './schema.ts'

type TlsSummary = NonNullable<Summary['tls']>
export type TlsCost = TlsSummary['costs'][number]

/** What the arm's clients do with their connections. */
export function reuseOf({ load }: Arm): Reuse {
  return load.loop === 'closed' ? (load.reuse ?? 'kept') : 'kept'
}

const ENDINGS = { kept: 'kept alive', new: 'new connection', resumed: 'resumed' } as const

/** `TLS 1.3, resumed`: what readers see of an arm's variant. */
export function connectionLabel(arm: Arm): string {
  const { tls } = arm.settings
  return `${tls ? `TLS ${tls}` : 'plain HTTP'}, ${ENDINGS[reuseOf(arm)]}`
}

const PLACES = { kept: 0, new: 1, resumed: 2 } as const

/** Of one scheme: kept connections before those for each request, plain HTTP before TLS, new before resumed. */
export function inConnectionOrder(a: Arm, b: Arm): number {
  const [of, than] = [reuseOf(a), reuseOf(b)]
  return (
    Number(of !== 'kept') - Number(than !== 'kept') ||
    (a.settings.tls ?? '').localeCompare(b.settings.tls ?? '', 'en') ||
    PLACES[of] - PLACES[than] ||
    Number(a.twin) - Number(b.twin)
  )
}

/**
 * Null without the experiment.
 *
 * @param compared with the controls, by arm id
 */
export function tlsSummary(
  all: readonly ArmRecords[],
  compared: ReadonlyMap<string, Pick<Summary['arms'][number], 'authTaxUs'>>,
): Summary['tls'] {
  const arms = armsIn(all, 'tls').filter(({ measured }) => measured.size > 0)
  if (arms.length === 0) return null
  const session = arms.find(({ arm }) => isPlainKept(arm, SESSION_SCHEME))
  const sessionTaxUs = (session && compared.get(session.arm.id)?.authTaxUs) ?? null
  return {
    sessionTaxUs,
    costs: costs(arms, sessionTaxUs?.detected ? sessionTaxes(arms) : null),
    protocols: protocols(arms),
  }
}

/** What a session adds, by block; against the mean of both controls, as every auth tax. */
function sessionTaxes(arms: readonly ArmRecords[]): ByBlock {
  const cpu = (scheme: SchemeName) =>
    arms.filter(({ arm }) => isPlainKept(arm, scheme)).map((one) => byBlock(one, servingCpuUs))
  return addedTo(cpu(CONTROL), together(cpu(SESSION_SCHEME)))
}

export function isPlainKept(arm: Arm, scheme: SchemeName): boolean {
  return arm.scheme === scheme && !arm.settings.tls && reuseOf(arm) === 'kept'
}

const proxyCpu = (records: ArmRecords) => byBlock(records, metrics['cpuUsPerRequest.proxy'].of)

/** All arms that are compared with another one are one family, as wherever arms are compared. */
function costs(arms: readonly ArmRecords[], taxes: ByBlock | null): TlsSummary['costs'] {
  const error = ownProxyError(arms)
  const pairs = arms.flatMap((of) => {
    const bases = arms.filter(({ arm }) => arm.id === of.arm.comparedWith)
    const added = addedBy(of, bases)
    const values = [...added.values()]
    const effect = estimate(values, 'µs/request', { warnings: union([of, ...bases]) })
    return effect
      ? [{ of, added, estimate: effect, neutral: 0, error, ...evidenceOfDifferences(values) }]
      : []
  })
  return inFamily(pairs).flatMap((pair) => {
    const addedUs = concluded(pair)
    if (!pair || !addedUs) return []
    const { of, added } = pair
    const share = addedUs.detected && taxes ? estimate(ratios(added, taxes), 'ratio', addedUs.estimate) : null
    return [{ arm: of.arm.id, addedUs, ofSessionTax: share, resumedShare: resumedShare(of) }]
  })
}

function addedBy(of: ArmRecords, bases: readonly ArmRecords[]): ByBlock {
  return addedTo(bases.map(proxyCpu), proxyCpu(of))
}

/** What the proxy differs by between two equal arms; null without a second control. */
function ownProxyError(arms: readonly ArmRecords[]): number | null {
  const twin = arms.find(({ arm }) => arm.twin)
  const first = arms.filter(({ arm }) => twin && !arm.twin && isControl(arm) && sameCell(arm, twin.arm))
  const equal = twin && estimate([...addedBy(twin, first).values()], 'µs/request', twin)
  return equal ? ownError(equal, 0) : null
}

function resumedShare({ measured }: ArmRecords): number | null {
  const counted = [...measured.values()].flatMap(({ handshakes }) => handshakes ?? [])
  const [full, resumed] = [totalOf(counted, 'full'), totalOf(counted, 'resumed')]
  return full + resumed > 0 ? resumed / (full + resumed) : null
}

/** Trials of one setting together: one that accepts a version is enough to say that it is not refused. */
function protocols(arms: readonly ArmRecords[]): TlsSummary['protocols'] {
  return (['1.2', '1.3'] as const).flatMap((tls) => {
    const trials = arms.flatMap(({ arm, measured }) =>
      arm.settings.tls === tls ? [...measured.values()] : [],
    )
    const probed = trials.flatMap((one) => one.protocols ?? [])
    const [first] = probed
    if (!first) return []
    const offered = (Object.keys(first) as (keyof typeof first)[]).map((protocol) => ({
      protocol,
      accepted: probed.some((one) => one[protocol].accepted),
      answers: [...new Set(probed.map((one) => one[protocol].answer))],
    }))
    return [{ tls, trials: probed.length, offered }]
  })
}

/** Of the control, at the highest version; undefined where there is none. */
export function newestCost(
  arms: Summary['arms'],
  tls: Summary['tls'],
  reuse: Reuse,
): (TlsCost & { version: string }) | undefined {
  const found = arms.flatMap(({ arm }) => {
    const { tls: version } = arm.settings
    const cost = tls?.costs.find((one) => one.arm === arm.id)
    return isControl(arm) && version && cost && reuseOf(arm) === reuse ? [{ ...cost, version }] : []
  })
  return found.toSorted((a, b) => a.version.localeCompare(b.version, 'en')).at(-1)
}
