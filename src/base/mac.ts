/** An Ethernet address in lower-case colon form, "00:00:5e:00:01:33". */
export type MacAddress = string & { readonly is: 'mac' }

export function parseMac(text: string): MacAddress | undefined {
  return /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text) ? (text.toLowerCase() as MacAddress) : undefined
}

export function macFromBytes(bytes: Uint8Array): MacAddress {
  return Array.from(bytes.subarray(0, 6), (byte) => byte.toString(16).padStart(2, '0')).join(':') as MacAddress
}

export function macToBytes(mac: MacAddress): Uint8Array {
  return Uint8Array.from(mac.split(':'), (part) => Number.parseInt(part, 16))
}

/** The virtual router's own address (RFC 9568 §7.3). */
export function virtualMac(family: 4 | 6, vrid: number): MacAddress {
  return macFromBytes(Uint8Array.of(0, 0, 0x5e, 0, family === 4 ? 1 : 2, vrid))
}
