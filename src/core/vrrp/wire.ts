/** The part of dgram-vrrp/codec that core reads. */
export interface Advertisement {
  readonly version: number
  readonly type: number
  readonly vrid: number
  readonly priority: number
  readonly intervalCs: number
  readonly authType: number
  readonly authData: Uint8Array
  readonly addresses: readonly string[]
}
export type ChecksumForm = 'message-only' | 'pseudo-header' | 'group-pseudo-header'
export interface Decoded {
  readonly advert: Advertisement
  readonly validForms: readonly ChecksumForm[]
  readonly strayBytes: number
}
export interface DecodeError {
  readonly kind: 'truncated' | 'length'
  readonly vrid?: number
  readonly detail: string
}
