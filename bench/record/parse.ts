/** From text to validated records: names the file, the line and what is wrong with it, in one sentence. */
import type { z } from 'zod'
import { AuthscaleError } from '../errors.ts'
import { migrations } from './migrations.ts'
import { SCHEMA_VERSION } from './schema/basics.ts'
import { type TrialResult, trialResultSchema } from './schema/trial.ts'

/**
 * @param where file (and line) for the message
 * @throws AuthscaleError NEWER_SCHEMA or BAD_RECORD
 */
export function parseRecord<T>(schema: z.ZodType<T>, text: string, where: string): T {
  const parsed = schema.safeParse(upgraded(parseJson(text, where), where))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw badRecord(
    where,
    `${issue?.path.join('.') || 'record'}: ${issue?.message ?? 'not as the schema says'}`,
  )
}

interface ParsedTrials {
  results: TrialResult[]
  /** Byte at which a last line begins that a crash cut short; null when all lines are whole. */
  cutAt: number | null
}

/**
 * Only the last line may be damaged, since each line is on disk before the next one is written. Anything else that
 * cannot be read was changed by someone, and is refused instead of guessed at.
 *
 * @throws AuthscaleError NEWER_SCHEMA or BAD_RECORD
 */
export function parseTrials(text: string, path: string): ParsedTrials {
  const lines = text.replace(/\n$/, '').split('\n')
  const last = lines.at(-1) ?? ''
  const cut = last !== '' && !isJson(last)
  const whole = (cut ? lines.slice(0, -1) : lines).map((line, i) => ({ line, where: `${path}:${i + 1}` }))
  return {
    results: whole
      .filter(({ line }) => line !== '')
      .map(({ line, where }) => parseRecord(trialResultSchema, line, where)),
    cutAt: cut ? new TextEncoder().encode(text.slice(0, text.lastIndexOf(last))).length : null,
  }
}

function upgraded(record: unknown, where: string): unknown {
  if (typeof record !== 'object' || record === null) throw badRecord(where, 'not a record')
  const version = 'schemaVersion' in record ? record.schemaVersion : undefined
  if (typeof version !== 'number') throw badRecord(where, 'no schemaVersion')
  if (version > SCHEMA_VERSION) {
    throw new AuthscaleError(
      'NEWER_SCHEMA',
      `${where} was written by a newer authscale (schema ${version}; this one reads ${SCHEMA_VERSION}): update authscale`,
    )
  }
  let current: object = record
  for (let from = version; from < SCHEMA_VERSION; from++) {
    const migrate = migrations[from]
    if (!migrate) throw badRecord(where, `schema ${from} is not known`)
    current = migrate(current)
  }
  return current
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badRecord(where, 'not JSON', error)
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function badRecord(where: string, what: string, cause?: unknown): AuthscaleError {
  return new AuthscaleError(
    'BAD_RECORD',
    `cannot use ${where}: ${what.replace(/\s+/g, ' ')}; restore the file from a copy, or move the run away and measure again`,
    { cause },
  )
}
