import { now } from './observe.ts'

/** What a step found: how long it took if time is what it promises, or a word about what was seen. */
export interface Finding {
  readonly ok: boolean
  /** Seconds. */
  readonly promised?: number
  readonly took?: number | undefined
  readonly seen?: string
}

export interface Step extends Finding {
  readonly title: string
}

/** Prints each step as it ends, and keeps it. */
export class Report {
  readonly steps: Step[] = []
  readonly #print: (line: string) => void
  readonly #start = now()

  constructor(print: (line: string) => void) {
    this.#print = print
  }

  heading(left: string, right: string): void {
    this.#print('')
    this.#print(`${left.padEnd(71)}${right}`)
  }

  note(text: string): void {
    this.#print(text)
  }

  async step(title: string, act: () => Finding | Promise<Finding>): Promise<boolean> {
    let finding: Finding
    try {
      finding = await act()
    } catch (error) {
      finding = { ok: false, seen: error instanceof Error ? error.message : String(error) }
    }
    this.steps.push({ title, ...finding })
    const promised = finding.promised === undefined ? '' : `${finding.promised.toFixed(1)} s`
    const took = finding.took === undefined ? (finding.promised === undefined ? '' : 'never') : `${finding.took.toFixed(1)} s`
    const times = `${promised.padStart(8)} ${took.padStart(10)}`
    const line = `  ${finding.ok ? 'ok    ' : 'FAILED'}  ${title.padEnd(60)}${times}  ${finding.seen ?? ''}`
    this.#print(line.trimEnd())
    return finding.ok
  }

  detail(text: string): void {
    for (const line of text.trimEnd().split('\n')) this.#print(`          | ${line}`)
  }

  end(): boolean {
    const failed = this.steps.filter((step) => !step.ok).length
    this.#print('')
    this.#print(`${this.steps.length} steps, ${failed === 0 ? 'all ok' : `${failed} FAILED`}, in ${(now() - this.#start).toFixed(0)} s`)
    return failed === 0 && this.steps.length > 0
  }
}
