import type { InstanceStatus } from '../core/vrrp/status.ts'

/** keepalived.stats: one block for each instance; the labels are what exporters look for. */
export function statsText(instances: readonly InstanceStatus[]): string {
  return instances.map(instanceStats).join('')
}

function instanceStats({ name, stats }: InstanceStatus): string {
  return [
    `VRRP Instance: ${name}`,
    '  Advertisements:',
    `    Received: ${stats.advert_rcvd}`,
    `    Sent: ${stats.advert_sent}`,
    `  Became master: ${stats.become_master}`,
    `  Released master: ${stats.release_master}`,
    '  Packet Errors:',
    `    Length: ${stats.packet_len_err}`,
    `    TTL: ${stats.ip_ttl_err}`,
    `    Invalid Type: ${stats.invalid_type_rcvd}`,
    `    Advertisement Interval: ${stats.advert_interval_err}`,
    `    Address List: ${stats.addr_list_err}`,
    '  Authentication Errors:',
    `    Invalid Type: ${stats.invalid_authtype}`,
    `    Type Mismatch: ${stats.authtype_mismatch}`,
    `    Failure: ${stats.auth_failure}`,
    '  Authentication Extension Errors:',
    `    Missing: ${stats.auth_ext_missing}`,
    `    Malformed: ${stats.auth_ext_malformed}`,
    `    Unknown Key: ${stats.auth_ext_unknown_key}`,
    `    Invalid HMAC: ${stats.auth_ext_invalid_hmac}`,
    `    Stale: ${stats.auth_ext_stale}`,
    `    Replay: ${stats.auth_ext_replay}`,
    '  Priority Zero:',
    `    Received: ${stats.pri_zero_rcvd}`,
    `    Sent: ${stats.pri_zero_sent}`,
    '',
  ].join('\n')
}
