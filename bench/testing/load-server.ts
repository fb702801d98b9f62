/** Starts the server of the generator's tests, and asks it for its own account. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Credentials } from '../load/credentials.ts'
import type { Account, Mode } from '../load/users-server.fixture.ts'

export interface TestServer {
  url: string
  pid: number
  account(): Promise<Account>
  /** Ends it with what it has in hand. */
  kill(): Promise<void>
}

/** The server leaves when the test is over. By default it takes a free port. */
export async function startServer(t: TestContext, mode: Mode = 'right', port = 0): Promise<TestServer> {
  const path = fileURLToPath(new URL('../load/users-server.fixture.ts', import.meta.url))
  const child = fork(path, {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, MODE: mode, PORT: `${port}` },
  })
  const gone = once(child, 'exit')
  t.after(async () => {
    if (child.connected) child.disconnect()
    await gone
  })
  const [listensOn] = (await once(child, 'message')) as [number]
  return {
    url: `http://127.0.0.1:${listensOn}`,
    pid: child.pid ?? 0,
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
    async account() {
      child.send('account')
      const [account] = (await once(child, 'message')) as [Account]
      return account
    },
  }
}

/** Credentials of the control, which need no login. */
export function namedUsers(users: number): Credentials {
  const credentials = new Credentials('none', users)
  for (let user = 0; user < users; user++) credentials.set(user, `user${user}`)
  return credentials
}
