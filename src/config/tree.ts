import type { Position } from './diagnostic.ts'

/** A word of a logical line and where its first character stands in a file. */
export interface Word {
  readonly text: string
  readonly at: Position
}

/** What the preprocessor hands to the interpreter: one statement, or a brace alone. */
export interface LogicalLine {
  readonly text: string
  readonly at: Position
  /** False where a definition or sequence made the text, so that `at` is the column of the whole line, not of each word. */
  readonly exact: boolean
  /** What led here: includes and sequences, outermost first. */
  readonly chain?: readonly Position[]
  /** Known to hold no double quote. */
  readonly unquoted?: boolean
}

/** A logical line in words; the first is the keyword. */
export interface Statement {
  readonly keyword: string
  readonly words: readonly string[]
  readonly line: LogicalLine
}
