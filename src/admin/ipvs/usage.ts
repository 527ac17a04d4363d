import { COMMANDS, DETAIL_ROWS } from './options.ts'

/** What ipvsadm 1.31 says of itself; there are scripts that read it. */
export const VERSION_LINE = 'ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)'

/** The text of `-h`: ours, from the tables. */
export function usage(program: string): string {
  const commands = COMMANDS.filter(({ summary }) => summary !== '').map((row) => line(row.letter, row.long, '', row.summary))
  const details = DETAIL_ROWS.map(({ letter, long, metavar = '', summary, argument }) =>
    line(letter, long, argument === 'none' ? '' : argument === 'required' ? ` ${metavar}` : ` [${metavar}]`, summary),
  )
  return [
    VERSION_LINE,
    `Usage: ${program} [COMMAND [OPTION...]]`,
    '',
    'The first option is the command:',
    ...commands,
    '',
    'What goes with it:',
    ...details,
    '',
  ].join('\n')
}

function line(letter: string | undefined, long: string, value: string, summary: string): string {
  return `  ${`${letter === undefined ? '   ' : `-${letter},`} --${long}${value}`.padEnd(34)}${summary}`
}
