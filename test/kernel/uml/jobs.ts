import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Runs several programs beside each other, for one boot has one slow processor that mostly waits. The argument is JSON: waves of jobs,
 * one wave after the other; inside a wave they start some seconds apart. Prints `name| line` and at the end `name= status`.
 */
export interface Job {
  readonly name: string
  readonly file: string
  readonly args: readonly string[]
}

const APART = 6_000

const waves = JSON.parse(process.argv[2] ?? '[]') as readonly (readonly Job[])[]
for (const wave of waves) await Promise.all(wave.map(runInTurn))

async function runInTurn(job: Job, place: number): Promise<void> {
  await sleep(place * APART)
  const start = performance.now()
  const status = await run(job)
  process.stdout.write(`${job.name}| took ${((performance.now() - start) / 1_000).toFixed(0)} s\n${job.name}= ${status}\n`)
}

async function run(job: Job): Promise<number | string> {
  const child = spawn(process.execPath, ['--conditions=source', job.file, ...job.args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | string>((resolve) => child.once('close', (code, signal) => resolve(code ?? signal ?? -1)))
  const print = async (stream: NodeJS.ReadableStream): Promise<void> => {
    for await (const line of createInterface({ input: stream })) process.stdout.write(`${job.name}| ${line}\n`)
  }
  await Promise.all([print(child.stdout), print(child.stderr)])
  return ended
}
