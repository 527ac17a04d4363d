import { existsSync } from 'node:fs'
import { attempt } from './command.ts'

/** Whether the running kernel balances by itself; asks it to load the module first. */
export function hasIpvs(): boolean {
  if (existsSync('/proc/net/ip_vs')) return true
  try {
    attempt(['modprobe', 'ip_vs'])
  } catch {
    return false
  }
  return existsSync('/proc/net/ip_vs')
}

export const isRoot = (): boolean => process.getuid?.() === 0

export function hasUml(): boolean {
  return existsSync('/usr/bin/linux.uml') && existsSync('/usr/lib/uml/modules')
}
