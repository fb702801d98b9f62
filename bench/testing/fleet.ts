/** One local fleet for all tests of a file, in a temporary folder of its own: others' run folders are not its business. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'
import type { Fleet } from '../fleet/fleet.ts'
import { openLocalFleet } from '../fleet/local/local.ts'

/** @returns what gives the fleet once the tests run */
export function fleetForTests(name: string): () => Fleet {
  const temporary = mkdtempSync(join(tmpdir(), `${name}-`))
  const formerTmpdir = process.env.TMPDIR
  let fleet: Fleet
  before(async () => {
    process.env.TMPDIR = temporary
    fleet = await openLocalFleet({ log: () => {} })
  })
  after(async () => {
    await fleet.close()
    if (formerTmpdir === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = formerTmpdir
    rmSync(temporary, { recursive: true })
  })
  return () => fleet
}
