/**
 * Asks the cluster that kubectl points to whether it would take a plan's files: a dry run on its server, of the kinds that it
 * knows. Nothing is created. No part of `npm test`.
 */
import { execFileSync } from 'node:child_process'
import { parseAllDocuments, stringify } from 'yaml'

const PLAN = ['--scheme', 'session-redis', '--rps', '20000', '--users', '2000000', '--zones', '3']

interface Manifest {
  kind: string
  apiVersion: string
  metadata: { name: string }
}

function kubectl(args: readonly string[], input?: string): string {
  return execFileSync('kubectl', args, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] })
}

function manifests(): Manifest[] {
  const command = ['--import', 'tsx', 'bench/cli.ts', 'plan', ...PLAN, '--format', 'kubernetes']
  const text = execFileSync(process.execPath, command, { encoding: 'utf8' })
  return parseAllDocuments(text).flatMap((one) => (one.toJS() as Manifest | null) ?? [])
}

/** @returns whether the cluster would take it, or does not know its kind */
function isTaken(manifest: Manifest, known: ReadonlySet<string>): boolean {
  const { kind, apiVersion, metadata } = manifest
  const name = `${kind} ${metadata.name} (${apiVersion})`
  if (!known.has(`${apiVersion} ${kind}`)) {
    console.log(`${name}: this cluster does not know it`)
    return true
  }
  try {
    kubectl(['apply', '--dry-run=server', '-f', '-'], stringify(manifest))
    console.log(`${name}: would be taken`)
    return true
  } catch (error) {
    console.error(`${name}: refused: ${(error as { stderr?: string }).stderr?.trim()}`)
    return false
  }
}

try {
  const lines = kubectl(['api-resources', '--no-headers']).trim().split('\n')
  // Name, short names where there are any, version, whether namespaced, kind.
  const known = new Set(
    lines.map((line) => {
      const columns = line.trim().split(/\s+/)
      return `${columns.at(-3)} ${columns.at(-1)}`
    }),
  )
  const all = manifests()
  process.exitCode = all.every((one) => isTaken(one, known)) ? 0 : 1
} catch (error) {
  const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
  console.error(
    isMissing
      ? 'kubectl is not there: install it and point it at a cluster, then try again'
      : `kubectl does not reach a cluster: ${(error as { stderr?: string }).stderr?.trim() ?? (error as Error).message}`,
  )
  process.exitCode = 2
}
