import { constants } from 'node:os'

const numbers: Readonly<Record<string, number>> = constants.errno
// EAGAIN and ENOTSUP have a second name of the same number; the first one wins.
const names = new Map<number, string>()
for (const [name, number] of Object.entries(numbers)) if (!names.has(number)) names.set(number, name)
// Node leaves these out, yet sockets answer with them.
for (const [number, name] of [
  [112, 'EHOSTDOWN'],
  [100, 'ENETDOWN'],
  [108, 'ESHUTDOWN'],
  [95, 'EOPNOTSUPP'],
  [11, 'EAGAIN'],
] as const)
  names.set(number, name)

/** The name of an errno, negative (as the calls of this package return it) or positive: `ENETUNREACH`. */
export function errnoName(errno: number): string {
  return names.get(Math.abs(errno)) ?? `errno ${Math.abs(errno)}`
}

/** The positive number behind a name. */
export function errnoOf(name: string): number | undefined {
  for (const [number, known] of names) if (known === name) return number
  return numbers[name]
}

/** A negative result as a Node error, with `code`, `errno` and `syscall` as Node's own have them. */
export function systemError(result: number, syscall: string): NodeJS.ErrnoException {
  const code = errnoName(result)
  return Object.assign(new Error(`${syscall} ${code}`), { code, errno: -Math.abs(result), syscall })
}
