/** CPU of a request by tier, over plain HTTP and TLS, with a kept connection and with one of its own. */
import { isControl } from '../../figures/records.ts'
import type { Run } from '../../record/types.ts'
import { armsOf, provenance, valueAxis } from '../../words/charts/axes.ts'
import { whiskers } from '../../words/charts/marks.ts'
import { inRows } from '../../words/charts/rows.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { tierBars } from '../../words/charts/tier-bars.ts'
import { figure, unseen, withInterval } from '../../words/format.ts'
import { SESSION_SCHEME } from './plan.ts'
import type { Summary } from './schema.ts'
import { addedText, notTold } from './section.ts'
import { connectionLabel, inConnectionOrder, isPlainKept, newestCost } from './summary.ts'

type Arms = Summary['arms']

/** Null where the run has no experiment `tls`. */
export function tlsChart(run: Run, summary: Summary): Drawing | null {
  const rows = rowsOf(summary)
  if (rows.length === 0) return null
  const totals = rows.map(({ metrics }) => metrics['cpuUsPerRequest.total'])
  const note =
    'without auth, except in the first row · a replica spends more when fewer requests come at a time\nright: ' +
    'the proxy’s part, and how much of it is for TLS · ~ no difference detected'
  const option = inRows({
    room: { left: 236, right: 170, top: 124 },
    stacks: true,
    x: valueAxis('CPU µs per request'),
    names: rows.map(labelOf),
    series: [...tierBars(rows), whiskers(totals)],
    labels: rows.map((row) => proxyText(row, summary)),
    told: totals.map((total) => total && `${withInterval(total)} µs in all, n ${total.n}`),
  })
  return drawing(titleOf(summary), [provenance(run, totals), note], option)
}

/** The control in all ways, and, for scale, what a session in Redis costs over plain HTTP. */
function rowsOf(summary: Summary): Arms {
  const arms = armsOf(summary, 'tls').filter(({ arm }) => !arm.twin)
  const yardstick = arms.filter(({ arm }) => isPlainKept(arm, SESSION_SCHEME))
  const control = arms.filter(({ arm }) => isControl(arm)).toSorted((a, b) => inConnectionOrder(a.arm, b.arm))
  return control.length === 0 ? [] : [...yardstick, ...control]
}

function labelOf({ arm }: Arms[number]): string {
  return isControl(arm) ? connectionLabel(arm) : `${arm.scheme}: ${connectionLabel(arm)}`
}

function proxyText({ arm, metrics }: Arms[number], { tls }: Summary): string {
  const own = metrics['cpuUsPerRequest.proxy']
  const added = arm.settings.tls && tls?.costs.find((cost) => cost.arm === arm.id)?.addedUs
  if (!own) return ''
  const us = added && figure(added.estimate.value, own.value)
  const ofIt = us ? `, TLS ${added.detected ? us : unseen(us)}` : ''
  return `proxy ${figure(own.value)} µs${ofIt}`
}

function titleOf({ arms, tls }: Summary): string {
  const [kept, fresh] = (['kept', 'new'] as const).map((reuse) => newestCost(arms, tls, reuse))
  if (!kept || !fresh) return 'CPU of a request over plain HTTP and TLS'
  if (!kept.addedUs.detected && !fresh.addedUs.detected) return notTold(kept.version)
  return `TLS ${kept.version} adds ${addedText(kept)} of proxy CPU to a kept-alive request, ${addedText(fresh)} to a new connection`
}
