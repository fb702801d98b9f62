/** A distance between the replicas and Redis: a link in between, on whose address the replicas find their Redis. */
import type { RunFolder } from '../processes/manifest.ts'
import { type Link, startLink } from './link.ts'

interface DistanceOptions {
  /** Runs link-main: a Node and the script. */
  command: readonly string[]
  redisUrl: string
  /** Of the link alone; 0 leaves what the relay itself takes, which is the base of every comparison. */
  roundTripMs: number
  cpus: readonly number[]
  folder: Pick<RunFolder, 'record'>
}

export interface Distance extends Pick<Link, 'pid' | 'ended' | 'stop'> {
  link: Link
  /** The same Redis as seen through the link. */
  redisUrl: string
  /** Begins with no delay, so that logins and warm-up take no longer than without; from here on there is one. */
  engage(): Promise<void>
}

/** @throws AuthscaleError LINK_FAILED */
export async function startDistance(options: DistanceOptions): Promise<Distance> {
  const { command, redisUrl, roundTripMs, cpus, folder } = options
  const { hostname, port } = new URL(redisUrl)
  const link = await startLink({
    command,
    to: { host: hostname, port: Number(port || 6379) },
    roundTripMs: 0,
    cpus,
    onPid: (pid) => folder.record(pid, 'link'),
  })
  const { pid, ended, stop } = link
  return {
    link,
    pid,
    ended,
    stop,
    redisUrl: through(redisUrl, link.port),
    engage: () => link.setRoundTrip(roundTripMs),
  }
}

/** Password and database stay. */
function through(redisUrl: string, port: number): string {
  const url = new URL(redisUrl)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  return url.href
}
