/** Calls back with what nobody caught: a broken invariant of ours, after which the process is not to be trusted. */
export function onUncaught(die: (message: string) => void): void {
  const say = (error: unknown): void => die(internalError(error))
  process.on('uncaughtException', say)
  process.on('unhandledRejection', say)
}

export function internalError(error: unknown): string {
  return `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}
