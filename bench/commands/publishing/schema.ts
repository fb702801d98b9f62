/** `npm run schema`: the JSON Schema of the result format. */
import path from 'node:path'
import { resultsFolder } from '../../places.ts'
import { jsonSchemas } from '../../report/json-schema.ts'
import { writeFiles } from '../write-report.ts'

export async function schema(): Promise<void> {
  await writeFiles(path.join(resultsFolder, 'schema'), jsonSchemas())
}
