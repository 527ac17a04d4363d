export type Explanation =
  | {
      readonly kind: 'known'
      readonly text: string
    }
  | {
      readonly kind: 'unknown'
      readonly text: string
      readonly nearest: string | undefined
    }
/** All places where the word may stand, with what it means there; `block` keeps to those in a block of that name. */
export declare function explainKeyword(word: string, block?: string): Explanation
/** One line for each keyword and place: where, what, and whether it is acted on. */
export declare function listKeywords(block?: string): string
