/** A run whose parts die, stop or refuse: rejected trials with reasons or one clear line, and the next run is whole. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { findHaproxy } from '../fleet/tools/tools.ts'
import { readRun } from '../record/run-dir.ts'
import {
  assertCompleted,
  assertNothingLeft,
  assertRefused,
  homeFor,
  processesOf,
  quick,
  run,
  type Started,
  start,
} from '../testing/cli.ts'
import { linuxProcesses } from '../testing/needs.ts'
import { leftAfter } from '../verify/kills/command-line.ts'

/** Two trials, one after the other: the control, and a scheme with Redis. */
const LADDERS = [
  ...['--only', 'latency', '--schemes', 'session-redis', '--profile', 'smoke', '--duration', '0.3'],
]
/** Enough that their logins can be met half-way. */
const MANY_USERS = ['--users', '4000']
const SOME_LOGINS = 50
const POLL_MS = 10

/** Calls `meet` for each process that the harness notes, until the harness has ended. */
async function eachProcess(
  { child, ended }: Started,
  home: string,
  meet: (what: string, pid: number) => void,
) {
  const met = new Set<number>()
  let isOver = false
  ended.then(() => {
    isOver = true
  })
  while (!isOver) {
    for (const { pid, what } of processesOf(child.pid ?? 0, path.join(home, 'tmp'))) {
      if (!met.has(pid)) meet(what, pid)
      met.add(pid)
    }
    await delay(POLL_MS)
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It was stopped in this moment.
  }
}

/** Ends a Redis when some users have logged in and others are about to. */
async function killDuringLogins(pid: number): Promise<void> {
  const port = /127\.0\.0\.1:(\d+)/.exec(await titleOf(pid))?.[1]
  const client = new Redis(Number(port), { retryStrategy: () => null })
  client.on('error', () => {})
  while ((await client.dbsize().catch(() => SOME_LOGINS)) < SOME_LOGINS) await delay(POLL_MS)
  kill(pid)
  client.disconnect()
}

/** A Redis says where it listens once it does. */
async function titleOf(pid: number): Promise<string> {
  for (;;) {
    const title = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    if (title.includes('127.0.0.1:')) return title
    await delay(POLL_MS)
  }
}

test('a Redis killed during logins, replicas that crash each time: rejected with reasons, then measured', {
  skip: linuxProcesses,
}, async (t) => {
  const home = homeFor(t)
  const out = path.join(home, 'run')
  const started = start([...LADDERS, ...MANY_USERS, '--out', out], { home })
  let hasRedis = false
  await eachProcess(started, home, (what, pid) => {
    if (what === 'redis') killDuringLogins(pid)
    if (what.startsWith('replica') && !hasRedis) kill(pid)
    hasRedis = what === 'redis'
  })
  const ending = await started.ended
  assert.equal(ending.code, 1)
  assertRefused(ending, /^error: 2 of 2 trials were rejected.*no figure for/)
  const { results } = await readRun(out)
  for (const result of results) {
    assert.ok(!result.ok && result.rejectedBy.length === 0)
    const died = /^redis ended \(SIGKILL\)|^POST \/login for user\d+ answered 503/
    const crashed = /^(replica r1 of none did not start: )?r1 ended \(by a signal/
    assert.match(result.reason, result.trial.arm.scheme === 'session-redis' ? died : crashed)
  }
  await assertNothingLeft(home)
  await assertCompleted(out, home)
})

test('a HAProxy that refuses its configuration ends the run with HAProxy’s own reason', async (t) => {
  const home = homeFor(t)
  const { command, env } = await findHaproxy(() => {})
  const refusing = path.join(home, 'haproxy')
  // The real one, which somebody has wrapped to read a second file.
  writeFileSync(`${refusing}.cfg`, 'frontend second\n  bind 127.0.0.1:0\n  no-such-keyword\n')
  const script = [
    '#!/bin/sh',
    `[ "$1" = -v ] || set -- "$@" -f "${refusing}.cfg"`,
    ...Object.entries(env).map(([name, value]) => `export ${name}="${value}"`),
    `exec "${command}" "$@"`,
  ].join('\n')
  writeFileSync(refusing, script, { mode: 0o755 })
  const ending = await run([...quick, '--out', path.join(home, 'run')], { home, env: { HAPROXY: refusing } })
  assertRefused(ending, /^error: HAProxy did not start: \[ALERT\].*no-such-keyword/)
  await assertNothingLeft(home)
})

test('a generator that is stopped keeps nobody from ending the run', {
  skip: linuxProcesses,
}, async (t) => {
  const home = homeFor(t)
  const started = start([...quick, '--duration', '60', '--out', path.join(home, 'run')], { home })
  await started.prints(/trials into/)
  const generator = await processOf(home, 'bench/load/main')
  await delay(1_000)
  process.kill(generator, 'SIGSTOP')
  const at = performance.now()
  started.child.kill('SIGINT')
  assert.equal((await started.ended).code, 130)
  // What was asked of the generator would have lasted for three minutes.
  assert.ok(performance.now() - at < 60_000, 'the run waited for what hangs')
  await assertNothingLeft(home)
})

async function processOf(home: string, command: string): Promise<number> {
  for (;;) {
    const found = (await leftAfter(home, 0)).find((one) => one.command.includes(command))
    if (found) return found.pid
    await delay(POLL_MS)
  }
}
