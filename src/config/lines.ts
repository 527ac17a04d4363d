/** A physical line holds this many bytes; a longer one is refused. */
export const LONGEST_LINE = 1022
const BUFFER = 1023

export interface PhysicalLine {
  /** Without line end and outer blanks. */
  readonly text: string
  readonly number: number
  /** Column of the first character. */
  readonly column: number
  readonly fault: 'too-long' | 'nul' | undefined
}

/** The physical lines of a file, one after the other; calls `take` until it says stop. */
export function eachLine(bytes: Uint8Array, take: (line: PhysicalLine) => boolean): void {
  const text = decode(bytes)
  let number = 0
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    // What does not fit the buffer is lost, and the rest taken for a new line.
    const long = end - start > LONGEST_LINE
    number++
    if (long) {
      // keepalived counts the lost part as a line of its own and names the one before it.
      if (!take({ text: '', number: number - 1, column: 1, fault: 'too-long' })) return
      start += BUFFER
      if (start >= end) start = end + 1
      continue
    }
    if (!take(trim(text, start, end, number))) return
    start = end + 1
  }
}

function trim(text: string, start: number, end: number, number: number): PhysicalLine {
  let from = start
  let to = end
  if (to > from && text.charCodeAt(to - 1) === 13) to--
  while (from < to && isBlank(text.charCodeAt(from))) from++
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--
  const line = text.slice(from, to)
  return { text: line, number, column: from - start + 1, fault: line.includes('\0') ? 'nul' : undefined }
}

/** Blanks are space and tab; String.trim knows many more. */
export const trimBlanks = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, '')

export const isBlank = (code: number): boolean => code === 32 || code === 9

/** UTF-8 if it is, else each byte for itself: the language knows only bytes. */
export function decode(bytes: Uint8Array): string {
  const parts: string[] = []
  let start = 0
  for (let i = 0; i < bytes.length; i++) {
    if ((bytes[i] ?? 0) < 0x80) continue
    parts.push(ascii(bytes, start, i))
    const length = sequenceLength(bytes, i)
    parts.push(length === 1 ? String.fromCharCode(bytes[i] ?? 0) : String.fromCodePoint(codePoint(bytes, i, length)))
    i += length - 1
    start = i + 1
  }
  parts.push(ascii(bytes, start, bytes.length))
  return parts.join('')
}

const CHUNK = 8192

function ascii(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= CHUNK) return String.fromCharCode(...bytes.subarray(start, end))
  const parts: string[] = []
  for (let i = start; i < end; i += CHUNK) parts.push(String.fromCharCode(...bytes.subarray(i, Math.min(i + CHUNK, end))))
  return parts.join('')
}

/** How many bytes of a valid sequence begin here; 1 if it is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  const length = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 1
  for (let i = 1; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 1
  return length > 1 && codePoint(bytes, at, length) > 0x10ffff ? 1 : length
}

function codePoint(bytes: Uint8Array, at: number, length: number): number {
  let point = (bytes[at] ?? 0) & (0xff >> (length + 1))
  for (let i = 1; i < length; i++) point = (point << 6) | ((bytes[at + i] ?? 0) & 0x3f)
  return point
}
