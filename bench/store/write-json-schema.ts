/** `npm run schema`: writes `results/schema/` anew. */
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { writeFileDurably } from './durable.ts'
import { jsonSchemas } from './json-schema.ts'

const folder = fileURLToPath(new URL('../../results/schema/', import.meta.url))
await mkdir(folder, { recursive: true })
for (const [file, content] of Object.entries(jsonSchemas())) await writeFileDurably(folder + file, content)
