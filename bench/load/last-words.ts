/** The last few lines of a program's output as one line, for messages that must be one line. */
export function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' | ')
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
