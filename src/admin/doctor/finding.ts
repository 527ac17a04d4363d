/** What a check makes of the host. */
export type Finding =
  | { readonly check: string; readonly kind: 'well'; readonly says: string }
  | {
      readonly check: string
      /** `wrong` stops the service or will; `doubtful` may be meant so. */
      readonly kind: 'wrong' | 'doubtful'
      readonly says: string
      readonly why: string
      /** A command that mends it; empty where none can be told. */
      readonly mend: string
    }
  /** What could not be looked at, and why. */
  | { readonly check: string; readonly kind: 'unknown'; readonly says: string }

export const well = (check: string, says: string): Finding => ({ check, kind: 'well', says })
export const unknown = (check: string, says: string): Finding => ({ check, kind: 'unknown', says })
export const wrong = (check: string, says: string, why: string, mend = ''): Finding => ({ check, kind: 'wrong', says, why, mend })
export const doubtful = (check: string, says: string, why: string, mend = ''): Finding => ({ check, kind: 'doubtful', says, why, mend })
