/** The published format of results: JSON Schema made from the schemas that also validate. */
import { z } from 'zod'
import { loadCheckSchema } from '../record/schema/load-check.ts'
import { planCheckSchema } from '../record/schema/plan-check.ts'
import { runSchema } from '../record/schema/run.ts'
import { trialResultSchema } from '../record/schema/trial.ts'
import { verifySchema } from '../record/schema/verify.ts'
import { summarySchema } from './schema.ts'

const published = {
  'run.schema.json': { schema: runSchema, title: 'authscale: run.json' },
  'trial.schema.json': { schema: trialResultSchema, title: 'authscale: one line of trials.jsonl' },
  'load-check.schema.json': { schema: loadCheckSchema, title: 'authscale: load-check.json' },
  'plan-check.schema.json': { schema: planCheckSchema, title: 'authscale: plan-check.json' },
  'verify.schema.json': { schema: verifySchema, title: 'authscale: verify.json' },
  'summary.schema.json': { schema: summarySchema, title: 'authscale: summary.json' },
}

/** File names below `results/schema/` with their content. Fields that a reader does not know are allowed. */
export function jsonSchemas(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(published).map(([file, { schema, title }]) => {
      const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' })
      return [file, `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`]
    }),
  )
}
