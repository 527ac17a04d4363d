import type { About } from './schema.ts'

/** A word of a line of data, as the manual wants to know it. */
export interface LineOption extends About {
  /** In blocks of this kind only. */
  readonly only: 'virtual' | 'static' | undefined
}

export type OptionTable = Readonly<Record<string, LineOption>>

/** `acted` defaults to yes: where the block itself is not acted on, its options are not either. */
export function lineOption(
  grammar: string,
  summary: string,
  row: Partial<Omit<LineOption, 'summary' | 'grammar' | 'example'>> & { readonly example: string },
): LineOption {
  return {
    grammar,
    summary,
    default: row.default,
    since: row.since,
    build: row.build,
    deprecated: row.deprecated,
    aliasOf: row.aliasOf,
    acted: row.acted ?? true,
    example: row.example,
    only: row.only,
  }
}
