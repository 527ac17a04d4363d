import type { InstanceStatus } from './instance-status.ts'

/** keepalived.stats: one block for each instance; the labels are what exporters look for. */
export function statsText(instances: readonly InstanceStatus[]): string {
  return instances.map(instanceStats).join('')
}

function instanceStats({ config, counters }: InstanceStatus): string {
  const { rejected } = counters
  return [
    `VRRP Instance: ${config.name}`,
    '  Advertisements:',
    `    Received: ${counters.advertsReceived}`,
    `    Sent: ${counters.advertsSent}`,
    `  Became master: ${counters.becameMaster}`,
    `  Released master: ${counters.releasedMaster}`,
    '  Packet Errors:',
    `    Length: ${rejected.length + rejected.truncated}`,
    `    TTL: ${rejected.ttl}`,
    `    Invalid Type: ${rejected.type}`,
    `    Advertisement Interval: ${rejected.interval + counters.intervalDiffers}`,
    `    Address List: ${counters.addressListDiffers + rejected.mode}`,
    '  Authentication Errors:',
    `    Invalid Type: ${rejected['auth-type']}`,
    `    Type Mismatch: ${rejected['auth-mismatch']}`,
    `    Failure: ${rejected['auth-failure']}`,
    '  Priority Zero:',
    `    Received: ${counters.priorityZeroReceived}`,
    `    Sent: ${counters.priorityZeroSent}`,
    '',
  ].join('\n')
}
