import { describe, expect, test } from 'vitest'
import { fromMillis, fromSeconds } from '../../src/base/units.ts'
import { runDaemonScript } from '../../src/process/daemon-script.ts'

async function run(text: string, limit = fromSeconds(20), signal?: AbortSignal): Promise<readonly string[]> {
  const lines: string[] = []
  const log = { say: (_level: string, line: string) => void lines.push(line), detail: () => undefined }
  const command = { argv: ['/bin/sh', '-c', text], runAs: undefined }
  await runDaemonScript('startup_script', { command, timeout: limit }, log, signal)
  return lines
}

describe('startup_script and shutdown_script are waited for', () => {
  test('until they end, which is said', async () => {
    expect(await run('sleep 0.1')).toEqual(['Running startup script /bin/sh', 'startup script succeeded'])
    expect(await run('exit 3')).toEqual(['Running startup script /bin/sh', 'startup script exited with status 3'])
  })

  test('startup_script_timeout: no longer, then they are ended', async () => {
    expect(await run('exec sleep 60', fromMillis(100))).toEqual(['Running startup script /bin/sh', 'startup script timed out'])
  })

  test('nor when the daemon is told to stop', async () => {
    expect(await run('exec sleep 60', undefined, AbortSignal.timeout(100))).toEqual(['Running startup script /bin/sh'])
  })

  test('one that cannot be run is said', async () => {
    const lines: string[] = []
    const log = { say: (_level: string, line: string) => void lines.push(line), detail: () => undefined }
    await runDaemonScript('shutdown_script', { command: { argv: ['/no/such'], runAs: undefined }, timeout: fromSeconds(1) }, log)
    expect(lines[1]).toMatch(/^shutdown script could not be run \(/)
    await runDaemonScript('shutdown_script', undefined, log)
    expect(lines).toHaveLength(2)
  })
})
