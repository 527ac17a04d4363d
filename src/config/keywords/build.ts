import { type Leaf, leaf } from '../schema.ts'

/** A word of builds with an option that this program lacks: known to the table, unknown to the file, as in such a build. */
export function missingFrom<Draft>(option: 'SNMP' | 'DBUS', grammar: string, summary: string, since: string): Leaf<Draft, never> {
  return {
    ...leaf<Draft, never>(grammar, summary, { since, build: option }, (_draft, statement, context) => {
      context.report(
        'unknown-keyword',
        'not-in-build',
        `unknown keyword '${statement.keyword}': this program has no ${option}`,
        undefined,
        0,
      )
    }),
    missing: true,
  }
}
