/** Runs cases one after the other and prints a line for each, so that a process in another namespace or machine can be asked. */
export interface Case {
  readonly name: string
  readonly run: () => void | Promise<void>
}

export async function runCases(cases: readonly Case[]): Promise<void> {
  let failed = 0
  for (const one of cases) if (!(await passes(one))) failed++
  process.stdout.write(`${cases.length - failed} passed, ${failed} failed\n`)
  process.exitCode = failed === 0 ? 0 : 1
}

async function passes({ name, run }: Case): Promise<boolean> {
  try {
    await run()
    process.stdout.write(`ok ${name}\n`)
    return true
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    process.stdout.write(`FAIL ${name}: ${reason.replaceAll('\n', ' | ')}\n`)
    return false
  }
}

/** What the lines said of a case; undefined if it never came to it. */
export function outcomeOf(lines: readonly string[], name: string): string | undefined {
  return lines.find((line) => line === `ok ${name}` || line.startsWith(`FAIL ${name}: `))
}
