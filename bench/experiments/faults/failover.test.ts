/** What a failover did to users, in a sentence for each way in which it was tried. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { syntheticFaults } from '../../testing/faults.ts'
import { failoverSentences, hasFailover } from './failover.ts'

test('each way has its shares and counts; a scheme that was not tried has none', async () => {
  const { run, results } = await syntheticFaults({})
  assert.ok(hasFailover(run, 'session-redis'))
  const [plain, guarded, ...more] = failoverSentences(run, results, 'session-redis')
  assert.match(
    plain ?? '',
    /^A failover to a standby.*\d+ % of requests failed, the service was .*logged out/,
  )
  assert.match(guarded ?? '', /^With min-replicas-to-write 1/)
  assert.deepEqual(more, [])
  assert.equal(hasFailover(run, 'none'), false)
  assert.deepEqual(failoverSentences(run, results, 'none'), [])
})
