/** The section of a report about TLS at the proxy. */
import { armsIn, schemePlace } from '../../figures/records.ts'
import {
  ABSENT,
  armLabel,
  compared,
  figure,
  list,
  percent,
  styles,
  withInterval,
} from '../../words/format.ts'
import { type ChartLink, type Section, section } from '../../words/section.ts'
import { type Column, folded, shown, type Table, tableOf } from '../../words/tables.ts'
import { VERSUS_NOTE, versusTable } from '../../words/versus-table.ts'
import { cpuText } from '../../words/warnings.ts'
import type { Summary } from './schema.ts'
import { connectionLabel, inConnectionOrder, newestCost, type TlsCost } from './summary.ts'

/** Nothing without the experiment. */
export function tlsSection(summary: Summary, chart: ChartLink): Section | null {
  if (summary.tls === null) return null
  return section(
    'tls',
    'TLS',
    tlsFinding(summary),
    shown(tlsTable(summary), { below: TLS_NOTE }),
    chart('charts/tls.svg', 'CPU of a request over plain HTTP and TLS, by tier'),
    shown(protocolsTable(summary), { align: 'text', below: PROTOCOLS_NOTE }),
    folded(
      'Throughput, and CPU over all tiers',
      shown(versusTable(summary, 'tls'), { below: `${VERSUS_NOTE} ${REPLICA_NOTE}` }),
    ),
  )
}

/** Scheme by scheme; CPU of the proxy alone, since nothing else has a part in TLS. */
export function tlsTable({ arms, tls }: Summary): Table {
  const own = armsIn(arms, 'tls').sort(
    (a, b) => schemePlace(a.arm.scheme) - schemePlace(b.arm.scheme) || inConnectionOrder(a.arm, b.arm),
  )
  const rows = own.map((entry) => ({
    ...entry,
    cost: tls?.costs.find(({ arm }) => arm === entry.arm.id),
    base: own.find(({ arm }) => arm.id === entry.arm.comparedWith),
  }))
  return tableOf(rows, [
    ['scheme', ({ arm }) => armLabel(arm)],
    ['connections', ({ arm }) => connectionLabel(arm)],
    [
      'proxy, CPU µs/request',
      ({ metrics, warnings }) => cpuText(withInterval(metrics['cpuUsPerRequest.proxy']), warnings),
    ],
    ['more than', ({ base }) => (base ? connectionLabel(base.arm) : ABSENT)],
    ['by', ({ cost }) => compared(cost?.addedUs, styles.added)],
    ['of the session’s tax', ({ cost }) => withInterval(cost?.ofSessionTax, styles.percent)],
    ['resumed', ({ cost }) => (cost?.resumedShare == null ? ABSENT : percent(cost.resumedShare))],
  ])
}

/** A row for each version that was offered, a column for each that the proxy was told to speak. */
export function protocolsTable({ tls }: Summary): Table {
  const told = tls?.protocols ?? []
  type Offered = (typeof told)[number]['offered'][number]
  const answers = told.map(
    (one): Column<Offered> => [
      `proxy told to speak TLS ${one.tls} (${one.trials} trials)`,
      ({ protocol }) => {
        const heard = one.offered.find((offered) => offered.protocol === protocol)
        return heard ? `${heard.accepted ? '**accepted**' : 'refused'} (${list(heard.answers)})` : ABSENT
      },
    ],
  )
  return tableOf(told[0]?.offered ?? [], [['offered alone', ({ protocol }) => protocol], ...answers])
}

/** What the control's newest TLS adds, against what a session does; null where that was not measured. */
export function tlsFinding({ arms, tls }: Summary): string | null {
  const [kept, fresh, resumed] = (['kept', 'new', 'resumed'] as const).map((reuse) =>
    newestCost(arms, tls, reuse),
  )
  if (!tls || !kept || !fresh) return null
  if (!kept.addedUs.detected && !fresh.addedUs.detected) return `${notTold(kept.version)}.`
  const added = list([
    `${addedText(kept)} to a kept-alive request`,
    `${addedText(fresh)} to a new connection`,
    ...(resumed ? [`${addedText(resumed)} to a resumed one`] : []),
  ])
  const session = tls.sessionTaxUs?.detected
    ? `; a session in Redis adds ${roundUs(tls.sessionTaxUs.estimate.value)} to a request over replicas, Redis and proxy`
    : ''
  return `In CPU of the proxy, TLS ${kept.version} adds ${added}${session}.`
}

/** Without its full stop. */
export function notTold(version: string): string {
  return `In CPU of the proxy, TLS ${version} could not be told from the difference of two equal arms`
}

/** Without digits that no run can vouch for. */
function roundUs(us: number): string {
  return `${figure(us >= 1 ? Math.round(us) : us, Math.max(100, us))} µs`
}

export function addedText({ addedUs }: TlsCost): string {
  return addedUs.detected ? roundUs(addedUs.estimate.value) : 'nothing detected'
}

const TLS_NOTE =
  'The proxy ends TLS; behind it everything is plain HTTP, as in all other experiments, so cookies are ' +
  'without the attribute Secure. Key exchange X25519, AES-128-GCM, a self-signed ECDSA certificate on P-256 ' +
  'made for each trial; sessions are resumed by ticket, and the clients count how many were. Bytes are those ' +
  'of HTTP, without what TLS puts around them. Handshakes keep the load generator busy too: if a throughput ' +
  'is marked, only CPU is a figure.'

const REPLICA_NOTE =
  'A replica’s CPU a request rises when fewer requests come at a time, since a wake-up then serves fewer of ' +
  'them. Over all tiers that counts as TLS.'

const PROTOCOLS_NOTE =
  'Each version was offered alone, with ciphers that fit the certificate. SSLv3 knows no alert for a wrong version; a ' +
  'server refuses it with handshake_failure.'
