const width = 16

/** A titled line of dashes, as genhash draws it. */
export function rule(title: string): string {
  return `-----------------------[ ${title} ]-----------------------\n`
}

/** Sixteen bytes a line: where they begin, in hexadecimal, as text. */
export function hexDump(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += width) {
    const line = bytes.subarray(at, at + width)
    const cells = Array.from({ length: width }, (_, i) => line[i]?.toString(16).padStart(2, '0') ?? '  ')
    const letters = Array.from({ length: width }, (_, i) => letterOf(line[i]))
    text += `${String(at).padStart(4, '0')}  ${cells.slice(0, 8).join(' ')} - ${cells.slice(8).join(' ')}   ${letters.join('')}\n`
  }
  return text
}

function letterOf(byte: number | undefined): string {
  if (byte === undefined) return ' '
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'
}
