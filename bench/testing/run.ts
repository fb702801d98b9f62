/** `npm test` and `npm run test:quick`: lanes of test files, reported as one run with one total. */
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { spec, tap } from 'node:test/reporters'
import { findChromium, findHaproxy, findRedis } from '../fleet/tools/tools.ts'
import { built } from './built.ts'
import { root } from './files.ts'
import { real, timed } from './kinds.ts'
import { diagnostic, type Event, inGroups, type Ran, sideBySide } from './lanes.ts'

const QUICK = ['bench/testing/quick-first.ts', 'bench/testing/quick-second.ts']
/** One more than there are cores, since most of them mostly wait; on a machine of many the largest files set the pace. */
const MOST_AT_ONCE = 5
const LANES = Math.min(MOST_AT_ONCE, os.availableParallelism() + 1)
/** Two leave each other the CPU that they need. */
const IN_PAIRS = Math.min(2, os.availableParallelism())

const TOTAL = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/

const whole = (files: readonly string[]) => files.map((file) => path.join(root, file))

/**
 * On a fresh clone each file that finds a part missing fetches its own copy, and all lanes would wait for that at once: here
 * each is fetched once, while quick files run. What is not to be had is told by the tests that need it.
 */
async function fetchParts(): Promise<void> {
  const here = (part: Promise<unknown>) => part.catch(() => {})
  // The largest, and long before it is there others have something to do.
  void here(findChromium())
  await Promise.all([here(findRedis()), here(findHaproxy())])
}

/** Quick files need nothing of the machine but time. */
async function* ranFiles(): AsyncGenerator<Ran> {
  const isQuick = process.argv[2] === 'quick'
  const parts = isQuick ? undefined : fetchParts()
  yield* sideBySide(whole(QUICK), LANES)
  if (isQuick) return
  await parts
  const place = await built([...real, ...timed])
  // They inherit the flags of this process: what is built needs no tsx.
  process.execArgv.splice(0, Number.POSITIVE_INFINITY, '--enable-source-maps')
  const groups = [
    { files: whole(real), lanes: LANES },
    { files: whole(timed), lanes: IN_PAIRS },
  ]
  yield* inGroups(groups, place)
}

/** The events of all files; what each would end with, its plan and its totals, comes once, added up. */
async function* events(): AsyncGenerator<Event> {
  const began = performance.now()
  const totals = new Map<string, number>()
  let planned = 0
  let summary: Event | undefined
  for await (const { events, failures } of ranFiles()) {
    const before = planned
    if (failures.length > 0) process.exitCode = 1
    for (const { type, data } of events) {
      const isOfRun = data.nesting === 0
      const [, name = '', value] = (isOfRun && TOTAL.exec(data.message ?? '')) || []
      if (type === 'test:plan' && isOfRun) planned += data.count ?? 0
      else if (type === 'test:diagnostic' && name) totals.set(name, (totals.get(name) ?? 0) + Number(value))
      else if (type === 'test:summary' && data.file === undefined) summary = { type, data }
      else if (isOfRun && data.testNumber !== undefined)
        yield { type, data: { ...data, testNumber: before + data.testNumber } }
      else yield { type, data }
    }
  }
  totals.set('duration_ms', performance.now() - began)
  yield { type: 'test:plan', data: { nesting: 0, count: planned } }
  for (const [name, value] of totals) yield diagnostic(`${name} ${value}`)
  if (summary) yield summary
  // Whatever a reporter makes of it: a run without tests, or with a failure among its totals, is no success.
  if (!totals.get('tests') || totals.get('fail') || totals.get('cancelled')) process.exitCode = 1
}

// As `node --test` does: to be read by people at a terminal, by programs elsewhere.
const reporter = process.stdout.isTTY ? new spec() : tap
Readable.from(events()).compose(reporter).pipe(process.stdout)
