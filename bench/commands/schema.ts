/** Writes the JSON Schema of the result format to `results/schema/`. */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { writeFileDurably } from '../record/durable.ts'
import { jsonSchemas } from '../report/json-schema.ts'

/** @throws AuthscaleError NO_SPACE or WRITE_FAILED */
export async function writeJsonSchemas(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [file, content] of Object.entries(jsonSchemas())) {
    await writeFileDurably(path.join(folder, file), content)
  }
}
