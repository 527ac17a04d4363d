/** One line of a result: the first column is what was measured. */
export type Row = readonly (string | number)[]

export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
  /** What the figures should be, in a sentence. */
  readonly goal?: string
}

/** Text in columns; numbers with three significant digits. */
export function format(table: Table): string {
  const cells = [table.columns, ...table.rows].map((row) => row.map((cell) => (typeof cell === 'number' ? number(cell) : cell)))
  const widths = table.columns.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('   ')
  const [head = [], ...body] = cells
  return [
    table.title,
    `  ${line(head)}`,
    ...body.map((row) => `  ${line(row)}`),
    ...(table.goal === undefined ? [] : [`  goal: ${table.goal}`]),
  ].join('\n')
}

function number(value: number): string {
  if (!Number.isFinite(value)) return '-'
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
