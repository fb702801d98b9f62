/** Test files in lanes, each in a process of its own, and once more by itself where it failed beside others. */
import path from 'node:path'
import { run } from 'node:test'
import { root } from './files.ts'

export interface Event {
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

/** One file, run to its end. */
export interface Ran {
  file: string
  events: Event[]
  failures: string[]
}

/** Where a file lies that is run; by itself it is the test file. */
type Place = (file: string) => string
const itself: Place = (file) => file

async function ranOf(file: string, place: Place): Promise<Ran> {
  const events: Event[] = []
  for await (const event of run({ files: [place(file)], concurrency: 1 })) events.push(event as Event)
  const failures = events
    .filter(({ type, data }) => type === 'test:fail' && !data.todo)
    .map(
      ({ data: { name, details } }) => `${name}: ${String(details?.error?.cause ?? details?.error?.message)}`,
    )
  return { file, events, failures }
}

/** As each of them ends. */
export async function* sideBySide(
  files: readonly string[],
  lanes: number,
  place = itself,
): AsyncGenerator<Ran> {
  const waiting = [...files]
  const running = new Map<string, Promise<Ran>>()
  while (waiting.length + running.size > 0) {
    for (const next of waiting.splice(0, lanes - running.size)) running.set(next, ranOf(next, place))
    const ran = await Promise.race(running.values())
    running.delete(ran.file)
    yield ran
  }
}

/** Files that run beside each other. */
export interface Group {
  files: readonly string[]
  /** How many at a time. */
  lanes: number
}

/**
 * One that fails beside others may have lacked the machine: it is asked once more by itself, and that is what counts. What came
 * before is said in a line.
 */
export async function* inGroups(groups: readonly Group[], place = itself): AsyncGenerator<Ran> {
  const again: Ran[] = []
  for (const { files, lanes } of groups)
    for await (const ran of sideBySide(files, lanes, place)) {
      if (ran.failures.length === 0) yield ran
      else again.push(ran)
    }
  for (const { file, failures } of again) {
    const { events, ...ran } = await ranOf(file, place)
    const before = failures.map((failure) =>
      diagnostic(`in company: ${path.relative(root, file)}: ${failure}`),
    )
    yield { ...ran, events: [...before, ...events] }
  }
}

export const diagnostic = (message: string): Event => ({
  type: 'test:diagnostic',
  data: { nesting: 0, message },
})
