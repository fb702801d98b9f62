/** Starts the server of the generator's tests, and asks it for its own account. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { TestContext } from 'node:test'
import { transform } from 'esbuild'
import { Credentials } from '../load/credentials.ts'
import type { Account, Mode } from '../load/users-server.fixture.ts'

export interface TestServer {
  url: string
  pid: number
  account(): Promise<Account>
  /** Ends it with what it has in hand. */
  kill(): Promise<void>
}

/** Compiled once for all servers of a file: a server that is to be had at once makes no test wait for tsx. */
const program = transform(
  await readFile(new URL('../load/users-server.fixture.ts', import.meta.url), 'utf8'),
  {
    loader: 'ts',
    format: 'esm',
  },
).then(({ code }) => code)

/** The server leaves when the test is over. By default it takes a free port. */
export async function startServer(t: TestContext, mode: Mode = 'right', port = 0): Promise<TestServer> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', await program], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
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
