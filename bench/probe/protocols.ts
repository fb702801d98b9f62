/** Which versions of TLS a proxy accepts: each is offered alone, over a connection of its own. */
import { connect } from 'node:net'
import { type Answer, type Answers, clientHello, protocols, readAnswer } from './client-hello.ts'

const ANSWER_WITHIN_MS = 5_000

/** @throws Error for a proxy that cannot be reached, or says nothing and stays connected */
export async function probeProtocols(url: string): Promise<Answers> {
  const answers: Partial<Answers> = {}
  for (const protocol of protocols) answers[protocol] = await answerTo(clientHello(protocol), url)
  return answers as Answers
}

/** A connection that ends without an answer is a refusal too. */
export function answerTo(hello: Buffer, url: string): Promise<Answer> {
  const { hostname: host, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let heard = Buffer.alloc(0)
    let isConnected = false
    const socket = connect({ host, port: Number(port) }, () => {
      isConnected = true
      socket.write(hello)
    })
    const refused = (how: string) => resolve({ accepted: false, answer: `${how} without an answer` })
    socket.setTimeout(ANSWER_WITHIN_MS, () =>
      socket.destroy(new Error(`no answer to a ClientHello within ${ANSWER_WITHIN_MS} ms`)),
    )
    socket.on('data', (piece) => {
      heard = Buffer.concat([heard, piece])
      const answer = readAnswer(heard)
      if (answer === null) return
      resolve(answer)
      socket.destroy()
    })
    socket.on('end', () => refused('closed'))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (isConnected && error.code === 'ECONNRESET') refused('reset')
      else reject(error)
    })
  })
}
