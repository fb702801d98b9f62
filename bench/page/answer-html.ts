/** All that a run says in sentences, below what to choose; the page says it anew of the schemes that its reader chose. */
import type { Run } from '../record/types.ts'
import { answers } from '../report/answer.ts'
import type { Summary } from '../report/schema.ts'
import { withCode } from './escaped.ts'

/** What to choose stands above, at the load of the reader. */
export function sentencesHtml(run: Run, summary: Summary): string {
  return answers(summary, run)
    .filter(({ about }) => about !== 'What to choose')
    .map(({ about, text }) => `<div><dt>${about}</dt><dd>${withCode(text)}</dd></div>`)
    .join('\n')
}
