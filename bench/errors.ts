/** The one error class that reaches a user: a stable code, what is wrong, and what to do next. */

/** Printed as one line without a stack; the process exits with 1 (2 for wrong usage). */
export class AuthscaleError extends Error {
  readonly code: string
  readonly exitCode: number

  /** @param code stable, upper case; @param message one line: what is wrong and what to do */
  constructor(code: string, message: string, options?: ErrorOptions & { exitCode?: number }) {
    super(message, options)
    this.name = 'AuthscaleError'
    this.code = code
    this.exitCode = options?.exitCode ?? 1
  }
}

/** Whether the system, or Node, gave one of these codes with it. */
export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException).code ?? '')

/** What it says; anything can be thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What `action` returns; undefined where the system refuses it with one of these codes. */
export function unlessCode<T>(codes: readonly string[], action: () => T): T | undefined {
  try {
    return action()
  } catch (error) {
    if (hasCode(error, ...codes)) return undefined
    throw error
  }
}
