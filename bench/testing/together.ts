/**
 * Quick test files share two processes instead of having one each: what all of them need, the schemas before all, takes
 * longer to load than most of them take to run, and the code that they share is compiled once. A file that cannot be loaded
 * fails its process, and with it the run.
 */
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { quick, root } from './files.ts'

const PROCESSES = 2

/** Alternately, since neighbours are of a kind and take about as long. */
export async function together(share: number): Promise<void> {
  for (const [i, file] of quick.entries())
    if (i % PROCESSES === share) await import(String(pathToFileURL(path.join(root, file))))
}
