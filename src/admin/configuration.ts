import { fail, ok, type Result } from '../base/result.ts'
import type { AgentConfig } from '../config/agent-config.ts'
import { loadWhole } from '../config/load.ts'
import { printText } from '../config/print.ts'
import { hostReader } from '../process/config-reader.ts'

export const DEFAULT_FILE = '/etc/keepalived/keepalived.conf'

/** Reads a configuration; the error is what to tell about it. Of `another` host, interfaces are taken for granted. */
export function readConfiguration(file: string, whose: 'ours' | 'another', configId?: string): Result<AgentConfig, string> {
  const here = hostReader()
  const elsewhere = { ...here, interfaceExists: () => true, interfaceMulticast: () => true, namespaceExists: () => true }
  const { config } = loadWhole(file, whose === 'ours' ? here : elsewhere, { configId, allChecks: false, test: true })
  if (config.fatal === undefined) return ok(config)
  return fail(`${printText(config.diagnostics)}${file}: ${config.fatal.message}\n`)
}
