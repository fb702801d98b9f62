/** Ctrl-C and SIGTERM: the first stops in good order, a second one at once. */

export interface Interrupt {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal
  /** Exit code by convention: 128 + number of the signal that came first; null while none has. */
  exitCode(): number | null
}

const NUMBERS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const

/** Installs the handlers. The second signal ends the process; what it leaves behind ends by itself (see fleet/). */
export function catchSignals(): Interrupt {
  const controller = new AbortController()
  let code: number | null = null
  for (const [name, number] of Object.entries(NUMBERS)) {
    process.on(name, () => {
      if (code !== null) process.exit(code)
      code = 128 + number
      console.error(`\n${name}: stopping; what is finished is kept (once more: stop at once)`)
      controller.abort(new Error(name))
    })
  }
  return { signal: controller.signal, exitCode: () => code }
}
