import type { Position } from './diagnostic.ts'

/** A word of a logical line and where its first character stands in a file. */
export interface Word {
  readonly text: string
  readonly at: Position
}

/** What the preprocessor hands to the parser: one statement, or a brace alone. */
export interface LogicalLine {
  readonly text: string
  readonly at: Position
}
