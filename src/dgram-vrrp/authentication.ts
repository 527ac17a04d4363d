/** The authentication types of VRRPv2 (RFC 2338 §5.3.6), by keepalived's words for them. */
export const AUTH_TYPES = { none: 0, PASS: 1, AH: 2 } as const

/** Bytes of authentication data in a VRRPv2 message. */
const FIELD_SIZE = 8

/** A password as it stands in the message, and as the key of an authentication header: eight bytes, padded with zeros or cut. */
export function passwordField(password: Uint8Array): Uint8Array {
  const field = new Uint8Array(FIELD_SIZE)
  field.set(password.subarray(0, FIELD_SIZE))
  return field
}

/** Looks at every byte, whatever the first ones say: how long it takes tells nothing of a secret. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length
  for (let i = 0; i < b.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0)
  return difference === 0
}
