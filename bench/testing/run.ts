/** `npm test` and `npm run test:quick`: phases of test files, reported as one run with one total. */
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { run } from 'node:test'
import { spec, tap } from 'node:test/reporters'
import { root } from './files.ts'
import { alone, real, waiting } from './kinds.ts'

interface Phase {
  files: readonly string[]
  /** Files at a time. */
  concurrency: number
}

interface Event {
  type: string
  data: {
    nesting?: number
    message?: string
    count?: number
    testNumber?: number
    file?: string
    todo?: unknown
  }
}

const QUICK = ['bench/testing/quick-first.ts', 'bench/testing/quick-second.ts']
/** One more than there are cores, since most of them mostly wait; on a machine of many the largest files set the pace. */
const MOST_AT_ONCE = 5
const sideBySide = Math.min(MOST_AT_ONCE, os.availableParallelism() + 1)

const phases: readonly Phase[] =
  process.argv[2] === 'quick'
    ? [{ files: QUICK, concurrency: sideBySide }]
    : [
        { files: [...QUICK, ...real], concurrency: sideBySide },
        { files: waiting, concurrency: 2 },
        { files: alone, concurrency: 1 },
      ]

const TOTAL = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/

/** The events of all phases; what each would end with, its plan and its totals, comes once, added up. */
async function* events(): AsyncGenerator<Event> {
  const totals = new Map<string, number>()
  let planned = 0
  let summary: Event | undefined
  for (const { files, concurrency } of phases) {
    const before = planned
    for await (const event of run({ files: files.map((file) => path.join(root, file)), concurrency })) {
      const { type, data } = event as Event
      const isOfRun = data.nesting === 0
      const [, name = '', value] = (isOfRun && TOTAL.exec(data.message ?? '')) || []
      if (type === 'test:fail' && !data.todo) process.exitCode = 1
      if (type === 'test:plan' && isOfRun) planned += data.count ?? 0
      else if (type === 'test:diagnostic' && name) totals.set(name, (totals.get(name) ?? 0) + Number(value))
      else if (type === 'test:summary' && data.file === undefined) summary = event as Event
      else if (isOfRun && data.testNumber !== undefined)
        yield { type, data: { ...data, testNumber: before + data.testNumber } }
      else yield event as Event
    }
  }
  yield { type: 'test:plan', data: { nesting: 0, count: planned } }
  for (const [name, value] of totals)
    yield { type: 'test:diagnostic', data: { nesting: 0, message: `${name} ${value}` } }
  if (summary) yield summary
  // Whatever a reporter makes of it: a run without tests, or with a failure among its totals, is no success.
  if (!totals.get('tests') || totals.get('fail') || totals.get('cancelled')) process.exitCode = 1
}

// As `node --test` does: to be read by people at a terminal, by programs elsewhere.
const reporter = process.stdout.isTTY ? new spec() : tap
Readable.from(events()).compose(reporter).pipe(process.stdout)
