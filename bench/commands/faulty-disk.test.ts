/** A run whose disk is full, cannot be written or lost half a file: one clear line, and what was finished stays. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { RUN_FILE, readRun } from '../record/run-dir.ts'
import { DAMAGED_FILE, TRIALS_FILE } from '../record/trial-log.ts'
import {
  assertNothingLeft,
  assertRefused,
  assertWhole,
  finished,
  homeFor,
  oneByOne,
  QUICK_HARNESS,
  quick,
} from '../testing/cli.ts'
import { ownDisk } from '../testing/needs.ts'

test('a result file that is cut in its middle is gone on with, from the last whole line', async (t) => {
  const home = homeFor(t)
  const out = path.join(home, 'run')
  const log = path.join(out, TRIALS_FILE)
  mkdirSync(out)
  writeFileSync(path.join(out, `${RUN_FILE}.tmp`), '{ "half": "a plan of a harness that was killed')
  const first = await finished([...quick, '--out', out], out, { home })
  assert.equal(first.code, 0, first.stderr)
  const whole = readFileSync(log, 'utf8')
  const plan = (await readRun(out)).run.plan
  const half = whole.slice(0, Math.floor(whole.length / 2))
  const kept = half.slice(0, half.lastIndexOf('\n') + 1)
  assert.ok(kept.length > 0 && kept.length < half.length)
  truncateSync(log, half.length)

  const resumed = await finished(['--resume', out], out, { home })
  assert.equal(resumed.code, 0, resumed.stderr)
  assert.ok(readFileSync(log, 'utf8').startsWith(kept))
  assert.equal(readFileSync(path.join(out, DAMAGED_FILE), 'utf8'), `${half.slice(kept.length)}\n`)
  const { run: record } = await readRun(out)
  assert.deepEqual(record.plan, plan)
  assert.match(record.notes.join(), /cut short by a crash/)
  assertWhole(await readRun(out))
  await assertNothingLeft(home)
})

/**
 * In namespaces of its own, with a disk that is just large enough for a run to be begun: a run whose disk fills up behind its first
 * trial; the same run with space again; that run and a new one when nothing can be written any more; and a run without
 * space for what the harness notes of its processes.
 *
 * Nothing here is a matter of speed. The harness stands still while its disk is filled: what it finds full is then always
 * the log, in the rest of whose page two more trials have no room, and never its plan. And a disk can be made read-only
 * only when nobody has a file open there for writing, which something of the harness before may have for a moment after
 * its end; a disk that stayed writable would be full instead.
 */
const ON_A_SMALL_DISK = `
set -e
home=$1; shift; disk=$home/disk; log=$disk/run/trials.jsonl
mount -t tmpfs -o size=64m tmpfs $disk
harness() { name=$1; shift; code=0; "$@" >$home/$name.out 2>$home/$name.err || code=$?; echo $code >$home/$name.code; }
fill() { head -c $(( $(stat -f -c %a $disk) * $(stat -f -c %S $disk) )) /dev/zero >$disk/filler; }
"$@" ${oneByOne(4).join(' ')} --out $disk/run >$home/full.out 2>$home/full.err & full=$!
until [ -s $log ] || ! kill -0 $full; do sleep 0.05; done
kill -STOP $full; fill; kill -CONT $full
code=0; wait $full || code=$?; echo $code >$home/full.code
cp -r $disk/run $home/full
rm $disk/filler
for again in 1 2 3; do
  harness space "$@" --resume $disk/run
  if [ $(cat $home/space.code) = 0 ]; then break; fi
done
cp -r $disk/run $home/space
mkdir $disk/new
fill
export TMPDIR=$disk; harness temporary "$@" --resume $disk/run; export TMPDIR=$home/tmp
tries=200
until mount -o remount,bind,ro $disk; do tries=$((tries - 1)); [ $tries -gt 0 ]; sleep 0.05; done
harness resumed "$@" --resume $disk/run
harness new "$@" ${oneByOne(4).join(' ')} --out $disk/new
`

test('a disk that is full, or cannot be written: one line that says what to do, and nothing lost', {
  skip: ownDisk,
}, async (t) => {
  const home = homeFor(t)
  mkdirSync(path.join(home, 'disk'))
  const { status, stderr } = spawnSync(
    'unshare',
    ['-Urm', 'sh', '-c', ON_A_SMALL_DISK, 'sh', home, ...QUICK_HARNESS],
    { cwd: home, env: { ...process.env, NO_COLOR: '1', TMPDIR: path.join(home, 'tmp') }, encoding: 'utf8' },
  )
  assert.equal(status, 0, stderr)
  const text = (file: string) => readFileSync(path.join(home, file), 'utf8')
  const ending = (name: string) => ({
    code: Number(text(`${name}.code`)),
    stdout: text(`${name}.out`),
    stderr: text(`${name}.err`),
  })
  assertRefused(
    ending('full'),
    /^error: no space to write trials\.jsonl \(ENOSPC\): free some.*--resume.*kept/,
  )
  const { results, damage } = await readRun(path.join(home, 'full'))
  assert.ok(results.length > 0 && results.length < 4, `${results.length} trials had space`)
  assert.equal(damage, null)
  assert.equal(ending('space').code, 0, ending('space').stderr)
  assert.ok(text(`space/${TRIALS_FILE}`).startsWith(text(`full/${TRIALS_FILE}`)))
  assertWhole(await readRun(path.join(home, 'space')))
  assertRefused(
    ending('temporary'),
    /^error: temporary folder: .*disk cannot be written \(ENOSPC\): free some, or set TMPDIR/,
  )
  assertRefused(
    ending('resumed'),
    /^error: cannot write trials\.jsonl \(EROFS\): make it writable.*nothing was changed/,
  )
  assertRefused(
    ending('new'),
    /^error: results: .*new cannot be written \(EROFS\): make it writable, or .*--out/,
  )
  await assertNothingLeft(home)
})
