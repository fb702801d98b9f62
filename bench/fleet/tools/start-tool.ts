/** Runs a tool that was found, whether it is a program here or an image that Docker runs. */
import { basename } from 'node:path'
import { environmentOf } from '../processes/child-environment.ts'
import type { RunFolder } from '../processes/manifest.ts'
import { spawnChild } from '../processes/process.ts'
import { dockerPid, dockerRemove, dockerRunArgs } from './docker.ts'
import type { Tool } from './tools.ts'

interface ToolOptions {
  name: string
  cpus: readonly number[] | undefined
  /** Where it stands, so that it needs no path of the machine, which may hold any character. */
  folder?: string | undefined
  /** Where to note what runs; undefined for a tool started outside of a harness. */
  record: Pick<RunFolder, 'nonce' | 'record' | 'recordContainer'> | undefined
}

export interface RunningTool {
  /** Resolves with a reason when it ends; never rejects. */
  ended: Promise<string>
  /** Pid of the program itself, or null where it cannot be seen from here. */
  hostPid(): Promise<number | null>
  stop(): Promise<void>
}

export async function startTool(
  { command, env, image }: Tool,
  args: readonly string[],
  options: ToolOptions,
): Promise<RunningTool> {
  if (image !== null) return startContainer(image, [basename(command), ...args], options)
  const { name, cpus, folder, record } = options
  const onPid = (pid: number) => record?.record(pid, name)
  const child = await spawnChild([command, ...args], {
    ...{ name, cpus, onPid, cwd: folder },
    env: { ...environmentOf('part'), ...env },
  })
  return { ended: child.ended, hostPid: async () => child.pid, stop: child.stop }
}

async function startContainer(
  image: string,
  command: readonly string[],
  { name, cpus, folder, record }: ToolOptions,
): Promise<RunningTool> {
  const container = `authscale-${record?.nonce ?? process.pid}-${name}`
  // Before the start: the client may be killed when the engine has the container already.
  record?.recordContainer(container)
  await dockerRemove(container)
  const line = ['docker', ...dockerRunArgs(image, command, { name: container, cpus, folder })]
  const client = await spawnChild(line, {
    name,
    env: environmentOf('client'),
    onPid: (pid) => record?.record(pid, name),
  })
  const stop = async () => {
    await client.stop()
    await dockerRemove(container)
  }
  return { ended: client.ended, hostPid: () => dockerPid(container), stop }
}
