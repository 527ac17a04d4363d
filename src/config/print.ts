import type { Diagnostic } from './diagnostic.ts'

/** One line for each finding: `FILE:LINE:COLUMN: message (expected ...)`; what concerns a whole object names its place at the end. */
export function printText(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map((diagnostic) => `${textOf(diagnostic)}\n`).join('')
}

export function textOf({ at, message, expected, scope, chain }: Diagnostic): string {
  const wanted = expected === undefined ? '' : ` (expected ${expected})`
  const place = `${at.file}:${at.line}:${at.column}`
  const from = chain === undefined ? '' : ` [included from ${chain.map((one) => `${one.file} line ${one.line}`).join(', ')}]`
  if (scope === 'whole') {
    // A message that begins with an address and port must not be taken for a file and line.
    const said = /^\S+:\d/.test(message) ? `in ${message}` : message
    return at.line === 0 ? `${said}${wanted}` : `${said}${wanted} [${place}]`
  }
  if (at.line === 0) return `${message}${wanted}`
  return `${place}: ${message}${wanted}${from}`
}

/** For machines: an array of findings. */
export function printJson(diagnostics: readonly Diagnostic[]): string {
  return `${JSON.stringify(diagnostics, undefined, 1)}\n`
}

/** For annotations in a continuous integration run of GitHub. */
export function printGithub(diagnostics: readonly Diagnostic[]): string {
  const escaped = (text: string): string => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
  return diagnostics
    .map(({ at, code, severity, message, expected }) => {
      const kind = severity === 'none' ? 'notice' : severity === 'warning' || severity === 'deprecated' ? 'warning' : 'error'
      const text = escaped(expected === undefined ? message : `${message} (expected ${expected})`)
      const file = escaped(at.file).replace(/,/g, '%2C').replace(/:/g, '%3A')
      const place = at.line === 0 ? `file=${file}` : `file=${file},line=${at.line},col=${at.column}`
      return `::${kind} ${place},title=${code}::${text}\n`
    })
    .join('')
}
