/** Running one's complement sum of 16-bit words in network order (RFC 1071); an odd tail counts as if a zero followed. */
export function onesComplementSum(bytes: Uint8Array, start = 0): number {
  let sum = start
  const even = bytes.length & ~1
  for (let i = 0; i < even; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)
  if (even < bytes.length) sum += (bytes[even] ?? 0) << 8
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return sum
}

/** The internet checksum of the parts taken as one; all but the last must have an even length. 0 for data whose checksum field is right. */
export function internetChecksum(...parts: readonly Uint8Array[]): number {
  let sum = 0
  for (const part of parts) sum = onesComplementSum(part, sum)
  return ~sum & 0xffff
}
