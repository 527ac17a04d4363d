import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface UmlJob {
  /** A TypeScript file, run by the Node that runs us. */
  readonly file: string
  readonly args?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Megabytes. */
  readonly memory?: number
  /** Limit for boot and job together, in seconds. */
  readonly seconds: number
  /** Each line that the job prints, as it comes. */
  readonly onLine?: (line: string) => void
}

export interface UmlResult {
  /** The job's exit status; undefined if the machine ended without telling one. */
  readonly status: number | undefined
  readonly lines: readonly string[]
  /** What the kernel itself had to say. */
  readonly console: string
}

const MARK = '#lab#'

/**
 * Boots User Mode Linux on the host's own file system, runs one TypeScript file in it as root, and halts. The init script mounts a
 * tmpfs wherever something writes: the root is the host's, read-write. A machine has no exit status, so the job's is printed.
 */
export async function runInUml(job: UmlJob): Promise<UmlResult> {
  const memory = job.memory ?? 1024
  const directory = mkdtempSync(join(tmpdir(), 'vipkeeper-uml-'))
  const init = join(directory, 'init')
  writeFileSync(init, initScript(job))
  chmodSync(init, 0o755)
  const kernel = [`mem=${memory}M`, 'root=/dev/root', 'rootfstype=hostfs', 'rootflags=/', 'rw', `init=${init}`]
  const argv = ['--signal=KILL', String(job.seconds), 'linux.uml', ...kernel, 'con=null', 'con0=fd:0,fd:1', 'quiet', 'loglevel=1']
  try {
    const machine = spawn('taskset', ['--cpu-list', `${nextProcessor()}`, 'timeout', ...argv], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: memoryPlace(memory) ?? directory },
    })
    const lines: string[] = []
    const other: string[] = []
    let status: number | undefined
    const read = async (stream: NodeJS.ReadableStream): Promise<void> => {
      for await (const raw of createInterface({ input: stream })) {
        const line = raw.replaceAll('\r', '')
        if (!line.startsWith(MARK)) other.push(line)
        else if (line.startsWith(`${MARK}exit `)) status = Number(line.slice(MARK.length + 5))
        else {
          lines.push(line.slice(MARK.length))
          job.onLine?.(line.slice(MARK.length))
        }
      }
    }
    const ended = new Promise<void>((resolve, reject) => {
      // Else what is left would hold the output open.
      machine.once('exit', () => endRest(init))
      machine.once('close', () => resolve())
      machine.once('error', reject)
    })
    await Promise.all([read(machine.stdout), read(machine.stderr), ended])
    return { status, lines, console: other.join('\n') }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

let machines = 0

/**
 * The machine has one processor, and what it does goes back and forth between two processes of the host: on one processor of ours that
 * takes a third of the time that it takes on two. The last one first, for the first has the host's interrupts.
 */
function nextProcessor(): number {
  const mask = /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0'
  const allowed = mask.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
  return allowed.at(-1 - (machines++ % allowed.length)) ?? 0
}

/**
 * A machine that was ended leaves threads of its host side behind, in a process group that it made for itself: its init script, whose path
 * is like no other, tells them.
 */
function endRest(init: string): void {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      if (readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`init=${init}`)) process.kill(Number(name), 'SIGKILL')
    } catch {
      // It is gone already.
    }
  }
}

/** The machine's memory is a file: in the host's memory if there is room, else beside the init script. */
function memoryPlace(megabytes: number): string | undefined {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm')
    return bavail * bsize > megabytes * 1.2 * 2 ** 20 ? '/dev/shm' : undefined
  } catch {
    return undefined
  }
}

function initScript(job: UmlJob): string {
  const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
  const environment = { ...job.environment, HOME: '/root', TMPDIR: '/dev/shm', VIPKEEPER_IN_UML: '1' }
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${quote(value)}`)
  return `#!/bin/sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
${exports.join('\n')}
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mkdir -p /run/netns /run/lock /dev/shm /lib/modules
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs tmpfs /lib/modules
mkdir /lib/modules/$(uname -r)
mount --bind /usr/lib/uml/modules/$(uname -r) /lib/modules/$(uname -r)
ip link set lo up
cd ${quote(process.cwd())}
{
  ${[process.execPath, '--conditions=source', job.file, ...(job.args ?? [])].map(quote).join(' ')} 2>&1
  echo "exit $?"
} < /dev/null | sed -u 's/^/${MARK}/'
halt -f
`
}
