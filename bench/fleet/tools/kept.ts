/** What is built from sources, kept in the project's folder for as long as none of them changes. */
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { privateFolder, projectRoot } from '../../places.ts'

interface Kept<T> {
  /** What built it, and what that was told. */
  by: string
  /** The digest of each file that went into it, by path from the project's root. */
  inputs: Record<string, string>
  built: T
}

/**
 * What `build` has built before, or builds now.
 *
 * @param file from the project's private folder; JSON has to hold what is built
 * @param by names all that it depends on beside its inputs
 */
export async function kept<T>(
  file: string,
  by: string,
  build: () => Promise<{ built: T; inputs: readonly string[] }>,
): Promise<T> {
  const whole = path.join(privateFolder, file)
  const before = await keptIn<T>(whole, by)
  if (before !== null) return before.built
  const { built, inputs } = await build()
  await keep(whole, { by, inputs: await digestsOf(inputs), built })
  return built
}

/** Null where nothing is kept, or something has changed since. */
async function keptIn<T>(file: string, by: string): Promise<Kept<T> | null> {
  try {
    const found = JSON.parse(await readFile(file, 'utf8')) as Kept<T>
    if (found.by !== by) return null
    const digests = await digestsOf(Object.keys(found.inputs))
    return Object.entries(found.inputs).every(([input, digest]) => digests[input] === digest) ? found : null
  } catch {
    return null
  }
}

/** Beside others that do the same; a folder that cannot be written costs the next one a second. */
async function keep(file: string, what: Kept<unknown>): Promise<void> {
  const own = `${file}.${process.pid}`
  try {
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(own, JSON.stringify(what))
    await rename(own, file)
  } catch {}
}

async function digestsOf(inputs: readonly string[]): Promise<Record<string, string>> {
  const digests = inputs.map(async (input) => {
    const content = await readFile(path.join(projectRoot, input))
    return [input, createHash('sha256').update(content).digest('base64')] as const
  })
  return Object.fromEntries(await Promise.all(digests))
}
