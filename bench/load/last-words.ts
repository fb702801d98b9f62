/** What stands below the message of an error that ended Node, and says less. */
const TRACE = /^\s+at |^Node\.js v\d|^[\s^]*$/

/** The last few lines of a program's output as one line, for messages that must be one line. */
export function lastLines(text: string): string {
  const telling = text
    .trim()
    .split('\n')
    .filter((line) => !TRACE.test(line))
  return telling.slice(-3).join(' | ')
}

/** Listens to what a program says from now on. @returns the last of it, as one line */
export function lastWords(streams: readonly (NodeJS.ReadableStream | null)[], chars = 2_000): () => string {
  let tail = ''
  for (const stream of streams) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-chars)
    })
  }
  return () => lastLines(tail)
}
