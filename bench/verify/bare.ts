/** The harness's side of the bare sockets. */
import { nextMessage, spawnChild } from '../fleet/processes/process.ts'
import type { BareJob, BareMessage } from './bare-main.ts'
import type { TestBed } from './test-bed.ts'

export interface BareSockets {
  readonly pid: number
  /** @param onEdge as a generator has it @returns how many requests were sent between the edges */
  send(job: BareJob, onEdge: () => void): Promise<number>
  stop(): Promise<void>
}

/** In the Node and on the CPUs of the generator. @throws AuthscaleError SPAWN_FAILED */
export async function startBare({ node, bareSockets, placement }: TestBed): Promise<BareSockets> {
  const line = [node, bareSockets]
  const cpus = placement.sharedCpus.generator
  const child = await spawnChild(line, { name: 'bare sockets', cpus, ipc: true })
  await nextMessage(child)
  return {
    pid: child.pid,
    async send(job, onEdge) {
      child.process.send(job)
      for (;;) {
        const message = (await nextMessage(child)) as BareMessage
        onEdge()
        if (message !== 'open') return message.sent
      }
    },
    stop: () => child.stop(),
  }
}
