/** What a report says of TLS, against the costs that a made-up run was given. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrialResult } from '../../record/types.ts'
import { renderReport } from '../../report/index.ts'
import { summarize } from '../../report/summarize.ts'
import { failedRecord, syntheticRun } from '../../testing/synthetic-run.ts'
import { PROXY_US, REDIS_US, REPLICA_US, syntheticTls } from '../../testing/synthetic-tls.ts'
import { type Summary, tlsSummarySchema } from './schema.ts'
import { protocolsTable, tlsFinding, tlsTable } from './section.ts'

type Options = Parameters<typeof syntheticTls>[0]

async function summaryOf(options: Options = {}): Promise<Summary> {
  const { run, results } = await syntheticTls(options)
  const summary = summarize(run, results)
  tlsSummarySchema.parse(summary.tls)
  return summary
}

async function reportOf(options: Options = {}) {
  const { run, results } = await syntheticTls(options)
  const files = renderReport(run, summarize(run, results))
  return { text: files['report.md'] ?? '', chart: files['charts/tls.svg'] ?? '' }
}

const costOf = ({ tls }: Summary, arm: string) =>
  tls?.costs.find((cost) => cost.arm === `tls/${arm}`) ?? assert.fail(arm)

const near = (value: number | undefined, expected: number, share = 0.03) =>
  assert.ok(Math.abs((value ?? Number.NaN) - expected) <= share * expected, `${value}, not ${expected}`)

const us = (variant: string) => PROXY_US[variant] ?? Number.NaN

test('what TLS adds is that of the proxy against plain HTTP of the same kind, and a share of the session’s tax', async () => {
  const summary = await summaryOf()
  const tax = (REPLICA_US['session-redis'] ?? 0) + REDIS_US - (REPLICA_US.none ?? 0)
  near(summary.tls?.sessionTaxUs?.estimate.value, tax)
  const bases = {
    'tls13-kept': 'plain-kept',
    'tls12-new': 'plain-new',
    'tls13-resumed': 'plain-new',
    'plain-new': 'plain-kept',
  }
  for (const [variant, base] of Object.entries(bases)) {
    const { addedUs, ofSessionTax } = costOf(summary, `none/${variant}`)
    near(addedUs.estimate.value, us(variant) - us(base))
    near(ofSessionTax?.value, (us(variant) - us(base)) / tax, 0.05)
    assert.ok(addedUs.detected, variant)
  }
  near(costOf(summary, 'session-redis/tls13-new').addedUs.estimate.value, us('tls13-new') - us('plain-new'))
})

test('a cost within what two equal arms differ by is no figure, and no share of anything', async () => {
  // Of 25 µs the noise hides what TLS adds to them, of 405 it does not.
  const summary = await summaryOf({ noise: 0.25 })
  const { addedUs, ofSessionTax } = costOf(summary, 'none/tls13-kept')
  assert.deepEqual([addedUs.detected, ofSessionTax], [false, null])
  assert.match(
    tlsFinding(summary) ?? '',
    /TLS 1\.3 adds nothing detected to a kept-alive request, \d+ µs to a new/,
  )
  const single = (result: TrialResult): TrialResult => (result.trial.arm.twin ? failedRecord(result) : result)
  const alone = await summaryOf({ change: single })
  assert.equal(costOf(alone, 'none/tls13-new').addedUs.detected, false, 'without a second control')
  assert.match(tlsFinding(alone) ?? '', /could not be told from the difference of two equal arms/)
})

test('resumed connections are told from new ones', async () => {
  const summary = await summaryOf()
  assert.equal(costOf(summary, 'none/tls12-resumed').resumedShare, 0.995)
  assert.equal(costOf(summary, 'none/tls12-new').resumedShare, 0)
  assert.equal(costOf(summary, 'none/tls12-kept').resumedShare, null)
})

test('a version counts as accepted when a single trial accepted it, with every answer that was given', async () => {
  const change = (result: TrialResult): TrialResult => {
    const { measurement } = result
    if (!result.ok || !measurement?.protocols || result.trial.id !== 'tls/none/tls12-new@1') return result
    const protocols = {
      ...measurement.protocols,
      'TLSv1.1': { accepted: true, answer: 'ServerHello TLSv1.1' },
    }
    return { ...result, measurement: { ...result.measurement, protocols } }
  }
  const { head, rows } = protocolsTable(await summaryOf({ change }))
  assert.deepEqual(head.slice(1), [
    'proxy told to speak TLS 1.2 (25 trials)',
    'proxy told to speak TLS 1.3 (30 trials)',
  ])
  assert.deepEqual(rows[2], [
    'TLSv1.1',
    '**accepted** (alert protocol_version and ServerHello TLSv1.1)',
    'refused (alert protocol_version)',
  ])
  assert.match(rows[0]?.join() ?? '', /^SSLv3,refused \(alert handshake_failure\),refused/)
})

test('the table has a row for each arm, scheme by scheme, kept connections first', async () => {
  const { rows } = tlsTable(await summaryOf())
  assert.equal(rows.length, 17)
  assert.deepEqual(
    rows.slice(0, 9).map(([, connection]) => connection),
    [
      ...['plain HTTP, kept alive', 'plain HTTP, kept alive', 'TLS 1.2, kept alive', 'TLS 1.3, kept alive'],
      ...['plain HTTP, new connection', 'TLS 1.2, new connection', 'TLS 1.2, resumed'],
      ...['TLS 1.3, new connection', 'TLS 1.3, resumed'],
    ],
  )
  assert.match(
    rows[8]?.join(' | ') ?? '',
    /^none \| TLS 1.3, resumed \| 33\d .* plain HTTP, new connection \| \+28\d/,
  )
})

test('the report has the finding, both tables and the chart, whose title is the finding', async () => {
  const { text, chart } = await reportOf()
  assert.match(
    text,
    /\n## TLS\n\nIn CPU of the proxy, TLS 1.3 adds 5 µs to a kept-alive request, 35\d µs to a new connection and 28\d µs to a resumed one; a session in Redis adds 150 µs to/,
  )
  assert.match(text, /charts\/tls\.svg/)
  assert.match(text, /\| TLSv1\.0 \| refused \(alert protocol_version\)/)
  assert.match(
    chart,
    /<title>TLS 1.3 adds 5 µs of proxy CPU to a kept-alive request, 35\d µs to a new connection<\/title>/,
  )
  for (const label of ['session-redis: plain HTTP, kept alive', 'TLS 1.2, resumed', ', TLS 28'])
    assert.ok(chart.includes(label), label)
})

test('a run without TLS says nothing of it', () => {
  const { run, results } = syntheticRun({ experiments: ['cost'] })
  const summary = summarize(run, results)
  assert.equal(summary.tls, null)
  assert.equal(tlsFinding(summary), null)
  assert.doesNotMatch(renderReport(run, summary)['report.md'] ?? '', /## TLS/)
})
