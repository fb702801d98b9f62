/** Claims about what is kept and asked for a token, for each outcome. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changing, judged } from '../testing/claims.ts'
import { failedRecord, type SyntheticOptions } from '../testing/synthetic-run.ts'

const state = (options: SyntheticOptions = {}) =>
  judged('no-server-state', { experiments: ['cost', 'users'], ...options })
const database = (options: SyntheticOptions = {}) =>
  judged('needs-database', { experiments: ['cost'], ...options })

const NO_LIST = { 'jwt-denylist': { redisUs: 0 } }
const ASKING = { 'jwt-hs256': { redisUs: 5 } }

test('no-server-state: depends on the denylist, and names what it stores', () => {
  const { verdict, boundary, sentence } = state()
  assert.equal(verdict, 'depends')
  assert.match(boundary ?? '', /keeps the id of every ended login in Redis/)
  assert.match(sentence, /`jwt-denylist` asks for 1 command \(5 blocks\) a request/)
})

test('no-server-state: supported where no token asks for anything, refuted where the plain one does or grows', () => {
  assert.equal(state({ model: NO_LIST }).verdict, 'supported')
  assert.equal(state({ model: ASKING }).verdict, 'refuted')
  const grows = state({ model: { 'jwt-hs256': { userBytes: 300 } } })
  assert.equal(grows.verdict, 'refuted')
  assert.match(grows.sentence, /takes (29|30)\d bytes .* a user/)
})

test('no-server-state: memory in one block decides nothing', () => {
  assert.equal(state({ blocks: 1 }).verdict, 'inconclusive')
})

test('no-server-state: undecided without the denylist', () => {
  const without = state({
    change: (result) => (/denylist/.test(result.trial.id) ? failedRecord(result) : result),
  })
  assert.equal(without.verdict, 'undecided')
  assert.match(without.sentence, /nothing of `jwt-denylist` from the experiment `cost`/)
})

test('needs-database: supported without any command, depends on the denylist, refuted by a plain token’s', () => {
  assert.equal(database({ model: NO_LIST }).verdict, 'supported')
  const { verdict, boundary, evidence } = database()
  assert.equal(verdict, 'depends')
  assert.match(boundary ?? '', /the ids of ended logins are looked up, not the token/)
  assert.equal(evidence.length, 5 * 6, 'every jwt scheme')
  assert.equal(database({ model: ASKING }).verdict, 'refuted')
})

test('needs-database: a count is seen in a single block', () => {
  assert.equal(database({ blocks: 1 }).verdict, 'depends')
})

test('needs-database: a Redis that could not be read is not one that was not asked', () => {
  const unread = changing(/jwt-rs256/, ({ cpuUsPerRequest }) => ({
    cpuUsPerRequest: { ...cpuUsPerRequest, redis: null },
    redisCommandsPerRequest: null,
  }))
  assert.equal(database({ change: unread }).verdict, 'undecided')
})
