/** The project-local copy, fetched for real by users who may install nothing. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, chown, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { projectRoot } from '../../places.ts'
import { canFetchPackages } from './apt.ts'

const run = promisify(execFile)
const skip = canFetchPackages()
  ? false
  : 'needs apt-get and dpkg-deb, which Debian and Ubuntu have: run it there'

/** Debian's "nobody": an ordinary user who owns nothing and may not write to apt's folders. */
const NOBODY = 65_534
/** Linux's limit is 2^22. */
const NO_PID = 99_999_999

/** A checkout that an unprivileged user owns, without any local copy yet. */
async function strangersCheckout(): Promise<{ root: string; identity: { uid?: number; gid?: number } }> {
  const root = await mkdtemp(join(tmpdir(), 'checkout-'))
  for (const path of ['bench', 'servers', 'package.json', 'tsconfig.json']) {
    await cp(join(projectRoot, path), join(root, path), { recursive: true })
  }
  await symlink(join(projectRoot, 'node_modules'), join(root, 'node_modules'))
  await writeFile(join(root, 'find.ts'), FIND)
  if (process.getuid?.() !== 0) return { root, identity: {} }
  await chmod(root, 0o755)
  await chown(root, NOBODY, NOBODY)
  return { root, identity: { uid: NOBODY, gid: NOBODY } }
}

/** PATH is emptied of installed servers by asking for the copies alone. */
const FIND = `
import { fetchPackages, inLocalCopy } from './bench/fleet/tools/apt.ts'
import { findRedis } from './bench/fleet/tools/tools.ts'
import { startRedis } from './bench/fleet/stores/redis.ts'
const usable = async () => (await inLocalCopy('redis', ['redis-server'])) !== undefined
await fetchPackages('redis', ['no-such-package-in-any-release', 'redis-server'], usable)
const copy = await inLocalCopy('redis', ['redis-server'])
const redis = await startRedis({ tool: { ...(await findRedis()), ...copy } })
await redis.stop()
console.log(copy.command)
`

test('two unprivileged harnesses fetch a Redis at the same time, both can run it, and what an interrupted fetch left goes', {
  skip,
}, async () => {
  const { root, identity } = await strangersCheckout()
  try {
    const tools = join(root, '.authscale/tools')
    const [underWay, abandoned] = [`.fetch-${process.pid}-abc`, `.fetch-${NO_PID}-abc`]
    for (const name of [underWay, abandoned]) await mkdir(join(tools, name), { recursive: true })
    for (const folder of [join(root, '.authscale'), tools, join(tools, underWay), join(tools, abandoned)])
      await chmod(folder, 0o777)
    const env = { PATH: process.env.PATH, HOME: root, TMPDIR: root }
    const find = () => run(process.execPath, ['--import', 'tsx', 'find.ts'], { cwd: root, env, ...identity })
    const copies = await Promise.all([find(), find()])
    for (const { stdout } of copies) assert.equal(stdout.trim(), join(tools, 'redis/usr/bin/redis-server'))
    assert.deepEqual((await readdir(tools)).toSorted(), [underWay, 'redis'], 'no half-fetched folder stays')
    await assertComplete(join(tools, 'redis'))
  } finally {
    await rm(root, { recursive: true })
  }
})

/**
 * Debian's redis-server is a link into redis-tools, and its libraries may be installed here: a copy that leaves out what
 * is installed breaks where that lies elsewhere or goes.
 */
async function assertComplete(copy: string): Promise<void> {
  const { stdout: dangling } = await run('find', [copy, '-xtype', 'l', '-path', '*/bin/*'])
  assert.equal(dangling, '', 'every program that is a link leads to a file of the copy')
  const { stdout: libraries } = await run('find', [copy, '-name', '*.so.*', '-printf', '%f\n'])
  for (const installedAnywhere of ['libssl.so.3', 'liblzf.so.1'])
    assert.ok(libraries.split('\n').includes(installedAnywhere), `${installedAnywhere} is in the copy`)
  assert.doesNotMatch(libraries, /^libc\.so/m, 'the C library belongs to the loader of this system')
}
