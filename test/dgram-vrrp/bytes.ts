/** Hexadecimal text to bytes; blanks separate fields. */
export function hex(...fields: readonly string[]): Uint8Array {
  return Uint8Array.from(Buffer.from(fields.join('').replaceAll(/\s/g, ''), 'hex'))
}

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
