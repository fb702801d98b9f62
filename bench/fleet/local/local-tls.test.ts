/** A whole fleet behind TLS: who logs in through it is known to it, with cookies and with the proxy's own beside them. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { schemes } from '../../../servers/scheme.ts'
import { startGenerator } from '../../load/generator.ts'
import { probeProtocols } from '../../probe/protocols.ts'
import { openLocalFleet } from './local.ts'

test('a fleet told to speak TLS 1.3 does, for logins, kept and resumed connections, and leaves no key behind', async (t) => {
  const formerTmpdir = process.env.TMPDIR
  const temporary = mkdtempSync(join(tmpdir(), 'local-tls-'))
  process.env.TMPDIR = temporary
  t.after(() => {
    if (formerTmpdir === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = formerTmpdir
    rmSync(temporary, { recursive: true })
  })
  const fleet = await openLocalFleet({ log: () => {} })
  try {
    assert.ok(fleet.settable.includes('tls'))
    const { traits } = (await schemes['session-memory']()).scheme
    const settings = { tls: '1.3' } as const
    const running = await fleet.start({ scheme: 'session-memory', traits, replicas: 2, users: 20, settings })
    const generator = await startGenerator(fleet.generatorFor(2))
    try {
      const { url } = running
      assert.equal((await probeProtocols(url))['TLSv1.3'].accepted, true)
      await generator.login({ url, transport: traits.transport, users: 20, concurrency: 4 })
      for (const reuse of ['kept', 'resumed'] as const) {
        const load = { loop: 'closed', connections: 4, reuse } as const
        const job = { url, load, warmupSec: 0.2, measureSec: 0.4, verifyEvery: 1 }
        const { requests, errors, wrongExamples, handshakes } = await generator.load(job, () => {})
        assert.ok(requests > 0, reuse)
        assert.deepEqual([errors, wrongExamples], [0, []], reuse)
        assert.equal(handshakes?.full, reuse === 'kept' ? undefined : 0)
      }
    } finally {
      await generator.close()
    }
  } finally {
    await fleet.close()
  }
  assert.deepEqual(
    readdirSync(temporary, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.pem')),
    [],
  )
})
