/** The checker of histories: it finds what was planted, all of it, and nothing where nothing is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Bounds, checkHistory } from './check.ts'
import type { Action, Operation } from './history.ts'

const NO_BOUND: Bounds = { oneLoginMs: 0, userWideMs: 0 }

function operation(over: Partial<Operation> & Pick<Operation, 'action'>): Operation {
  const { action, user = 1, status = action === 'login' || action === 'use' ? 200 : 204 } = over
  const named = action === 'use' && status === 200 ? `user${user}` : null
  return { user, login: 'a', at: 'r1', startMs: 0, endMs: 1, end: 'answered', status, named, ...over }
}

/** Operations of few users with few logins each, overlapping at will; all are answered as if nothing was revoked. */
const histories = fc
  .array(
    fc.record({
      action: fc.constantFrom<Action>(
        ...([
          'use',
          'use',
          'use',
          'write',
          'refresh',
          'logout',
          'logout-everywhere',
          'disable',
          'login',
        ] as const),
      ),
      user: fc.nat(2),
      device: fc.nat(1),
      startMs: fc.nat(200),
      tookMs: fc.nat(30),
      isAnswered: fc.boolean(),
    }),
    { minLength: 20, maxLength: 60 },
  )
  .map((drawn) => [
    ...[0, 1, 2].flatMap((user) =>
      [0, 1].map((device) => named({ action: 'login', user, device, startMs: 0, tookMs: 20 })),
    ),
    ...drawn.map((one, i) =>
      // A login that is drawn is another device's, so that no name is used twice.
      named({
        ...one,
        device: one.action === 'login' ? 2 + i : one.device,
        refused: !one.isAnswered && isRevocation(one),
      }),
    ),
  ])

function named({
  action,
  user,
  device,
  startMs,
  tookMs,
  refused = false,
}: {
  action: Action
  user: number
  device: number
  startMs: number
  tookMs: number
  refused?: boolean
}): Operation {
  const one = operation({ action, user, login: `user${user}/${device}`, startMs, endMs: startMs + tookMs })
  return refused ? { ...one, status: 503 } : one
}

const isRevocation = ({ action }: Pick<Operation, 'action'>) =>
  action === 'logout' || action === 'logout-everywhere' || action === 'disable'

/** The law word for word, each operation against each revocation. */
function mustBeRefused(one: Operation, history: readonly Operation[], bounds: Bounds): boolean {
  if (isRevocation(one)) return false
  return history.some((by) => {
    if (!isRevocation(by) || by.status !== 204) return false
    const boundMs = by.action === 'logout' ? bounds.oneLoginMs : bounds.userWideMs
    if (boundMs === null || one.startMs <= by.endMs + boundMs) return false
    if (by.action === 'logout') return one.login === by.login && one.action !== 'login'
    if (one.user !== by.user) return false
    if (one.action === 'login') return by.action === 'disable'
    const login = history.find(({ action, login }) => action === 'login' && login === one.login)
    return login !== undefined && login.status === 200 && login.endMs <= by.startMs
  })
}

const boundsDrawn = fc.record({
  oneLoginMs: fc.option(fc.nat(60)),
  userWideMs: fc.option(fc.nat(60)),
})

/** As a right server answers: what must be refused is. Refusing more is no violation. */
function rightly(history: readonly Operation[], bounds: Bounds): Operation[] {
  return history.map((one) => (mustBeRefused(one, history, bounds) ? { ...one, status: 401 } : one))
}

test('a history without a violation passes, in whatever order it is told', () => {
  fc.assert(
    fc.property(histories, boundsDrawn, fc.boolean(), (drawn, bounds, isReversed) => {
      const history = rightly(drawn, bounds)
      const found = checkHistory(isReversed ? history.toReversed() : history, bounds)
      assert.deepEqual(found, { late: [], wrongUsers: [], hangs: [] })
    }),
    { numRuns: 1_000 },
  )
})

test('each planted violation is found, and nothing beside it', () => {
  let planted = 0
  fc.assert(
    fc.property(histories, boundsDrawn, fc.nat(), (drawn, bounds, pick) => {
      const history = rightly(drawn, bounds)
      // Without the logins, whose acceptance would change what the law says of others.
      const refused = history.filter(({ status, action }) => status === 401 && action !== 'login')
      const target = refused[pick % Math.max(1, refused.length)]
      if (!target) return
      planted++
      const violated = history.map((one) => (one === target ? { ...one, status: 200 } : one))
      const { late } = checkHistory(violated, bounds)
      assert.equal(late.length, 1)
      assert.equal(late[0]?.operation.startMs, target.startMs)
      assert.ok((late[0]?.lateMs ?? 0) > 0)
    }),
    { numRuns: 2_000 },
  )
  assert.ok(planted > 300, `${planted} histories had a place for a violation`)
})

test('who is locked out cannot log in again; who logged out everywhere can', () => {
  const again = operation({ action: 'login', login: 'b', startMs: 20, endMs: 21 })
  const by = (action: Action) =>
    checkHistory([operation({ action, startMs: 10, endMs: 11 }), again], NO_BOUND).late
  assert.deepEqual(
    by('disable').map(({ operation: { login } }) => login),
    ['b'],
  )
  assert.deepEqual(by('logout-everywhere'), [])
})

test('a use that begins with the acknowledgement or before may be accepted, and so may all after a refused logout', () => {
  const logout = operation({ action: 'logout', startMs: 10, endMs: 11 })
  const use = operation({ action: 'use', startMs: 11, endMs: 30 })
  assert.deepEqual(checkHistory([logout, use], NO_BOUND).late, [])
  assert.equal(checkHistory([logout, { ...use, startMs: 11.001 }], NO_BOUND).late.length, 1)
  const unacknowledged: Partial<Operation>[] = [{ status: 503 }, { status: null, end: 'lost' }]
  for (const over of unacknowledged)
    assert.deepEqual(
      checkHistory(
        [
          { ...logout, ...over },
          { ...use, startMs: 40 },
        ],
        NO_BOUND,
      ).late,
      [],
    )
})

test('an answer that names another user or nobody, and a request without an answer are found', () => {
  const wrong = operation({ action: 'use', named: 'user11' })
  const nameless = operation({ action: 'use', named: null })
  const hang = operation({ action: 'use', end: 'hang', status: null })
  const history = [
    wrong,
    nameless,
    hang,
    operation({ action: 'use', status: 401, named: null }),
    operation({ action: 'use', named: 'user1' }),
    operation({ action: 'use', end: 'lost', status: null }),
  ]
  assert.deepEqual(checkHistory(history, NO_BOUND), {
    late: [],
    wrongUsers: [wrong, nameless],
    hangs: [hang],
  })
})
