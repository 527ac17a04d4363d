/** Capability bits (linux/capability.h). */
const BITS = { CAP_NET_ADMIN: 12n, CAP_NET_RAW: 13n } as const
export type Capability = keyof typeof BITS

/** Those of `wanted` that a process lacks, from the text of its /proc/PID/status. */
export function missingCapabilities(status: string, wanted: readonly Capability[]): readonly Capability[] {
  const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1]
  if (mask === undefined) return []
  const effective = BigInt(`0x${mask}`)
  return wanted.filter((name) => ((effective >> BITS[name]) & 1n) === 0n)
}

/** One sentence with the remedy. */
export function permissionMessage(missing: readonly Capability[], purpose: string): string {
  const names = missing.join(' and ')
  return `Missing permission: ${names} ${missing.length > 1 ? 'are' : 'is'} needed to ${purpose}; run as root, or grant it (systemd: AmbientCapabilities=${missing.join(' ')})`
}
