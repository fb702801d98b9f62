/** Redis and HAProxy as containers on the host's network, for machines that have Docker and nothing else. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { onPath } from './path.ts'

const run = promisify(execFile)
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
export async function dockerImageVersion(
  image: string,
  program: string,
  args: readonly string[],
  version: RegExp,
): Promise<string | null> {
  const output = await run(
    'docker',
    ['run', '--rm', '--network', 'none', '--entrypoint', program, image, ...args],
    {
      timeout: PULL_TIMEOUT_MS,
    },
  ).catch((error: { stdout?: string }) => error)
  return version.exec(output.stdout ?? '')?.[1] ?? null
}

/** What a container needs beyond its image and command. */
export interface ContainerOptions {
  name: string
  cpus: readonly number[]
  /** Folder that the program must see, mounted at the same path. */
  folder: string | undefined
}

/**
 * Arguments of a `docker run` in the foreground, so that the client is an ordinary child: its signals reach the
 * program and the program's messages reach us. The user is ours, so that it may read our private run folder.
 */
export function dockerRunArgs(
  image: string,
  command: readonly string[],
  options: ContainerOptions,
): string[] {
  const user = process.getuid === undefined ? [] : ['--user', `${process.getuid()}:${process.getgid?.()}`]
  const cpus = options.cpus.length > 0 ? ['--cpuset-cpus', options.cpus.join(',')] : []
  const mount = options.folder === undefined ? [] : ['--volume', `${options.folder}:${options.folder}`]
  const fixed = ['run', '--rm', '--network', 'host', '--name', options.name]
  return [...fixed, ...user, ...cpus, ...mount, image, ...command]
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
  await run('docker', ['rm', '--force', name], { timeout: ANSWER_TIMEOUT_MS }).catch(
    (error: { stderr?: string }) => {
      if (!/no such container/i.test(error.stderr ?? '')) throw error
    },
  )
}
