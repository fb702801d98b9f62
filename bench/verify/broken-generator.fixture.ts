/** The real generator's program, broken in the way that `BROKEN` names. */
import type { GeneratorMessage } from '../load/job.ts'

const send = process.send?.bind(process)

/** Says of each job that all bodies were right. */
function blind(message: GeneratorMessage): GeneratorMessage {
  if (message.type !== 'load-done') return message
  return { ...message, share: { ...message.share, wrongAnswers: 0, wrongExamples: [] } }
}

/** Does nothing else for 50 ms of each 100. */
function block(): void {
  const until = performance.now() + 50
  while (performance.now() < until);
}

if (process.env.BROKEN === 'blind')
  process.send = (message: GeneratorMessage) => send?.(blind(message)) ?? false
if (process.env.BROKEN === 'blocking') setInterval(block, 100)

await import('../load/main.ts')
