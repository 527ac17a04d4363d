const WIDTH = 100

/** The command line as keepalived logs it: every word in quotes, broken where a line would grow too long. */
export function commandLineLines(words: readonly string[]): readonly string[] {
  const lead = 'Command line:'
  const lines: string[] = []
  let line = lead
  for (const word of words) {
    const quoted = ` '${word}'`
    if (line.length + quoted.length > WIDTH && line.trim() !== '' && line !== lead) {
      lines.push(line)
      line = ' '.repeat(lead.length)
    }
    line += quoted
  }
  return [...lines, line]
}
