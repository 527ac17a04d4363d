/** keepalived's exit codes; a child that ends with a permanent one ends the daemon with the same code. */
export const EXIT = {
  ok: 0,
  fatal: 1,
  config: 2,
  missingPermission: 4,
  configurationFile: 6,
  program: 70,
  memory: 204,
} as const

const PERMANENT: ReadonlyMap<number, string> = new Map([
  [EXIT.fatal, 'FATAL'],
  [EXIT.config, 'CONFIG'],
  [EXIT.missingPermission, 'missing permission'],
])

/** How keepalived calls an exit code that starting again would not cure; undefined if it might. */
export function permanentError(code: number): string | undefined {
  return PERMANENT.get(code)
}
