import { close } from 'linux-syscalls'
import { fromMillis } from '../../base/units.ts'
import type { CheckAttempt } from '../../core/check/config.ts'
import type { ProbeResult } from '../../core/check/probe.ts'
import { connectDescriptor } from './connect.ts'

/** TCP_CHECK: a connection that stands is a server that is well. */
export async function probeTcp({ target }: Extract<CheckAttempt, { kind: 'TCP_CHECK' }>, signal: AbortSignal): Promise<ProbeResult> {
  const start = performance.now()
  const dialled = await connectDescriptor(target, signal)
  switch (dialled.kind) {
    case 'connected':
      close(dialled.fd)
      return { kind: 'passed', latency: fromMillis(performance.now() - start) }
    case 'refused':
      return { kind: 'failed', reason: { kind: 'connect', detail: dialled.detail } }
    case 'not-made':
      return { kind: 'not-made', detail: dialled.detail }
    case 'aborted':
      return { kind: 'timed-out', stage: 'connect' }
  }
}
