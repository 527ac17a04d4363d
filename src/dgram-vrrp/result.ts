/** What the wire brought: a value, or an error that is a value too. */
export type Result<Value, Failure> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: Failure }

/** Why bytes are no message. */
export interface DecodeError {
  /** `truncated`: too short for a header; `length`: lengths inside contradict the number of bytes. */
  readonly kind: 'truncated' | 'length'
  /** Where the message was long enough to tell. */
  readonly vrid?: number
  readonly detail: string
}
