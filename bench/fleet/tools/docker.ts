/** Redis and HAProxy as containers on the host's network, for machines that have Docker and nothing else. */
import { onPath } from './path.ts'
import { type Failure, run, toldVersion } from './run.ts'

const ANSWER_TIMEOUT_MS = 10_000
const PULL_TIMEOUT_MS = 300_000

/** True when a Docker engine answers, which a client on PATH alone does not prove. */
export async function dockerAnswers(): Promise<boolean> {
  if (onPath('docker') === undefined) return false
  return run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: ANSWER_TIMEOUT_MS }).then(
    () => true,
    () => false,
  )
}

/** The version that a program in an image tells of itself, or null when the image cannot be had. */
export function versionInImage(
  image: string,
  [program, ...args]: readonly [string, ...string[]],
  version: RegExp,
): Promise<string | null> {
  const line = ['run', '--rm', '--network', 'none', '--entrypoint', program, image, ...args]
  return toldVersion(['docker', ...line], version, { timeout: PULL_TIMEOUT_MS })
}

/**
 * Arguments of a `docker run` in the foreground, so that the client is an ordinary child: its signals reach the
 * program and the program's messages reach us. The user is ours, so that it may read our private run folder.
 *
 * @param place with the folder that the program must see, mounted at the same path, and in which it stands
 */
export function dockerRunArgs(
  image: string,
  command: readonly string[],
  place: { name: string; cpus?: readonly number[] | undefined; folder?: string | undefined },
): string[] {
  const { name, cpus = [], folder } = place
  const user = process.getuid === undefined ? [] : ['--user', `${process.getuid()}:${process.getgid?.()}`]
  const pinned = cpus.length > 0 ? ['--cpuset-cpus', cpus.join(',')] : []
  const mount = folder === undefined ? [] : ['--volume', `${folder}:${folder}`, '--workdir', folder]
  const fixed = ['run', '--rm', '--network', 'host', '--name', name]
  return [...fixed, ...user, ...pinned, ...mount, image, ...command]
}

/** Host pid of a running container, or null where the engine runs in a virtual machine. */
export async function dockerPid(name: string): Promise<number | null> {
  if (process.platform !== 'linux') return null
  const { stdout } = await run('docker', ['inspect', '--format', '{{.State.Pid}}', name], {
    timeout: ANSWER_TIMEOUT_MS,
  })
  return Number(stdout) || null
}

/** Removes a container that a killed harness left behind; one that is gone already is fine. */
export async function dockerRemove(name: string): Promise<void> {
  const removed = run('docker', ['rm', '--force', name], { timeout: ANSWER_TIMEOUT_MS })
  await removed.catch((error: Failure) => {
    if (!/no such container/i.test(error.stderr ?? '')) throw error
  })
}
