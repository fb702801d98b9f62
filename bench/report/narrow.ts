/** A summary with some of its schemes alone, so that charts and tables draw themselves anew without knowing of filters. */
import { schemeNames } from '../../servers/scheme.ts'
import { CONTROL } from '../figures/records.ts'
import type { Summary } from './schema.ts'

/**
 * Lists whose items name a scheme keep the items of the schemes given, and those of the control: without it nothing
 * could be compared.
 */
export function narrowed(summary: Summary, schemes: readonly string[]): Summary {
  const isKept = (scheme: string) =>
    scheme === CONTROL || schemes.includes(scheme) || !(schemeNames as string[]).includes(scheme)
  return filtered(summary, isKept) as Summary
}

function filtered(value: unknown, isKept: (scheme: string) => boolean): unknown {
  if (Array.isArray(value)) {
    return value
      .filter((item) => {
        const scheme = schemeOf(item)
        return scheme === null || isKept(scheme)
      })
      .map((item) => filtered(item, isKept))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filtered(inner, isKept)]))
}

/** Of an item by itself, or of its arm. */
function schemeOf(item: unknown): string | null {
  if (typeof item !== 'object' || item === null) return null
  const { scheme, arm } = item as { scheme?: unknown; arm?: unknown }
  return isText(scheme) ? scheme : schemeOf(arm)
}

const isText = (value: unknown): value is string => typeof value === 'string'
