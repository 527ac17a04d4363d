/** IP addresses as text: dotted quads, and RFC 5952 for IPv6. */
export type Family = 4 | 6

/** 4 or 16 bytes in network order; throws if the text is no address of that family. */
export function addressToBytes(address: string, family: Family): Uint8Array {
  const bytes = family === 4 ? quadToBytes(address) : groupsToBytes(address)
  if (bytes === undefined) throw new RangeError(`not an IPv${family} address: ${address}`)
  return bytes
}

/** The canonical text of 4 or 16 bytes. */
export function addressFromBytes(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0))
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return `::ffff:${bytes.slice(12).join('.')}`
  const [start, length] = longestZeroRun(groups)
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`
}

/** The six bytes of `00:00:5e:00:01:33`. */
export function macToBytes(mac: string): Uint8Array {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac)) throw new RangeError(`not an Ethernet address: ${mac}`)
  return Uint8Array.from(mac.split(':'), (part) => Number.parseInt(part, 16))
}

function quadToBytes(text: string): Uint8Array | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined
  return Uint8Array.from(parts, Number)
}

function groupsToBytes(text: string): Uint8Array | undefined {
  const halves = text.split('::')
  const [head, tail] = [groupBytes(halves[0] ?? ''), groupBytes(halves[1] ?? '')]
  if (halves.length > 2 || head === undefined || tail === undefined) return undefined
  const missing = 16 - head.length - tail.length
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined
  return Uint8Array.from([...head, ...new Array<number>(missing).fill(0), ...tail])
}

function groupBytes(text: string): readonly number[] | undefined {
  const bytes: number[] = []
  for (const group of text === '' ? [] : text.split(':')) {
    const quad = group.includes('.') ? quadToBytes(group) : undefined
    if (quad !== undefined) bytes.push(...quad)
    else if (/^[0-9a-f]{1,4}$/i.test(group)) bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255)
    else return undefined
  }
  return bytes
}

function longestZeroRun(groups: readonly number[]): readonly [start: number, length: number] {
  let best: readonly [number, number] = [0, 0]
  for (let i = 0; i < groups.length; i++) {
    let length = 0
    while (groups[i + length] === 0) length++
    if (length > best[1]) best = [i, length]
  }
  return best
}
