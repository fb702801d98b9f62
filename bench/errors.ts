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

/** What `action` returns; undefined where the system refuses it with one of these codes. */
export function unlessCode<T>(codes: readonly string[], action: () => T): T | undefined {
  try {
    return action()
  } catch (error) {
    if (codes.includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
