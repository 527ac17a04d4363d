import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { until } from '../../lab/observe.ts'

/** Where groups of processes get their share of the processor: cgroup v1 or v2. */
const V1 = ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpu,cpuacct'].find((folder) => existsSync(join(folder, 'cpu.cfs_quota_us')))
const V2 = '/sys/fs/cgroup'

/** Should nobody end them. */
const LONGEST_S = 100

/**
 * A group whose processes together run for one millisecond of each second, busy loops among them, as on a machine that is much too busy;
 * but for those that have a realtime priority. Who is not in it notices nothing.
 */
export class ScarceProcessor implements AsyncDisposable {
  readonly #folder: string
  readonly #crowd: ChildProcess

  constructor(busyLoops: number) {
    this.#folder = join(V1 ?? V2, `vipkeeper-${process.pid}-${Math.random().toString(36).slice(2)}`)
    if (V1 === undefined) writeFileSync(join(V2, 'cgroup.subtree_control'), '+cpu')
    mkdirSync(this.#folder)
    if (V1 === undefined) this.#set('cpu.max', '1000 1000000')
    else {
      this.#set('cpu.cfs_period_us', '1000000')
      this.#set('cpu.cfs_quota_us', '1000')
      // Kernels that ration realtime as well give a new group none of it.
      if (existsSync(join(this.#folder, 'cpu.rt_runtime_us'))) this.#set('cpu.rt_runtime_us', '200000')
    }
    const script = `echo $$ > "$0/cgroup.procs"; for loop in $(seq ${busyLoops}); do (while :; do :; done) & done; wait`
    this.#crowd = spawn('timeout', ['-s', 'KILL', String(LONGEST_S), 'sh', '-c', script, this.#folder], { detached: true, stdio: 'ignore' })
  }

  take(pid: number): void {
    this.#set('cgroup.procs', String(pid))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Even to end takes time.
    if (V1 === undefined) this.#set('cpu.max', 'max')
    else this.#set('cpu.cfs_quota_us', '-1')
    if (this.#crowd.pid !== undefined) process.kill(-this.#crowd.pid, 'SIGKILL')
    // The group is gone once its last process is.
    const removed = await until(() => this.#isRemoved(), 10, 0.05)
    if (removed === undefined) throw new Error(`cannot remove ${basename(this.#folder)}`)
  }

  #isRemoved(): boolean {
    try {
      rmdirSync(this.#folder)
      return true
    } catch {
      return false
    }
  }

  #set(name: string, value: string): void {
    writeFileSync(join(this.#folder, name), value)
  }
}
