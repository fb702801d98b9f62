/** `npm test` and `npm run test:quick`: lanes of test files, reported as one run with one total. */
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { run } from 'node:test'
import { spec, tap } from 'node:test/reporters'
import { root } from './files.ts'
import { real, timed } from './kinds.ts'

interface Event {
  type: string
  data: {
    nesting?: number
    name?: string
    message?: string
    count?: number
    testNumber?: number
    file?: string
    todo?: unknown
    details?: { error?: { cause?: unknown; message?: string } }
  }
}

const QUICK = ['bench/testing/quick-first.ts', 'bench/testing/quick-second.ts']
/** One more than there are cores, since most of them mostly wait; on a machine of many the largest files set the pace. */
const MOST_AT_ONCE = 5
const sideBySide = Math.min(MOST_AT_ONCE, os.availableParallelism() + 1)
/** Two leave each other the CPU that they need. */
const IN_PAIRS = Math.min(2, os.availableParallelism())

const TOTAL = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/

/** One file, run to its end. */
interface Ran {
  file: string
  events: Event[]
  failures: string[]
}

async function ranOf(file: string): Promise<Ran> {
  const events: Event[] = []
  for await (const event of run({ files: [path.join(root, file)], concurrency: 1 }))
    events.push(event as Event)
  const failures = events
    .filter(({ type, data }) => type === 'test:fail' && !data.todo)
    .map(
      ({ data: { name, details } }) => `${name}: ${String(details?.error?.cause ?? details?.error?.message)}`,
    )
  return { file, events, failures }
}

/** As each of them ends. */
async function* inLanes(files: readonly string[], lanes: number): AsyncGenerator<Ran> {
  const waiting = [...files]
  const running = new Map<string, Promise<Ran>>()
  while (waiting.length + running.size > 0) {
    for (
      let next = waiting.shift();
      next !== undefined;
      next = running.size < lanes ? waiting.shift() : undefined
    )
      running.set(next, ranOf(next))
    const ran = await Promise.race(running.values())
    running.delete(ran.file)
    yield ran
  }
}

/**
 * One that fails beside others may have lacked the machine: it is asked once more by itself, and that is what counts. What came
 * before is said in a line. Quick files need nothing of the machine but time.
 */
async function* ranFiles(): AsyncGenerator<Ran> {
  const again: Ran[] = []
  yield* inLanes(QUICK, sideBySide)
  if (process.argv[2] === 'quick') return
  for (const [files, lanes] of [[real, sideBySide] as const, [timed, IN_PAIRS] as const])
    for await (const ran of inLanes(files, lanes)) {
      if (ran.failures.length === 0) yield ran
      else again.push(ran)
    }
  for (const { file, failures } of again) {
    const { events, ...ran } = await ranOf(file)
    yield {
      ...ran,
      events: [...failures.map((failure) => diagnostic(`in company: ${file}: ${failure}`)), ...events],
    }
  }
}

const diagnostic = (message: string): Event => ({ type: 'test:diagnostic', data: { nesting: 0, message } })

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
