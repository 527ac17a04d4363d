import { toSeconds } from '../base/units.ts'
import type {
  CheckConfig,
  Checker,
  CheckerSchedule,
  CheckTarget,
  Forwarding,
  RealServer,
  ServiceKey,
  VirtualServer,
} from '../core/check/config.ts'
import type { CheckerStatus, RealServerStatus, VirtualServerStatus } from '../core/check/status.ts'
import type { ScriptCommand } from '../core/script-config.ts'

/** The part of keepalived_check.data after the global definitions. */
export function checkData(config: CheckConfig, status: readonly VirtualServerStatus[]): string {
  return [
    '------< LVS Topology >------',
    ...config.virtualServers.flatMap((server, i) => virtualServerLines(server, status[i])),
    '------< Health checkers >------',
    ...config.virtualServers.flatMap((server, i) =>
      server.realServers.flatMap((real, j) => checkerBlocks(server, real, status[i]?.servers[j])),
    ),
    ...bfdLines(config.virtualServers),
    '',
  ].join('\n')
}

/** The sessions with the servers that follow them. */
function bfdLines(servers: readonly VirtualServer[]): readonly string[] {
  const followers = new Map<string, string[]>()
  for (const server of servers)
    for (const real of server.realServers)
      for (const checker of real.checkers)
        if (checker.kind === 'BFD_CHECK') followers.set(checker.name, [...(followers.get(checker.name) ?? []), realName(server, real)])
  if (followers.size === 0) return []
  return [
    '------< Checker track BFDs >------',
    ...[...followers].flatMap(([name, reals]) => [
      ` Checker Track BFD = ${name}`,
      '   Tracking RS :',
      ...reals.map((real) => `   ${real}`),
    ]),
  ]
}

function scriptLine(what: string, script: ScriptCommand | undefined): readonly string[] {
  if (script === undefined) return []
  const { argv, runAs } = script
  const owner = runAs === undefined ? '' : `, uid:gid ${runAs.user}:${runAs.group ?? runAs.user}`
  return [`${what} = ${argv.map((word) => `'${word}'`).join(' ')}${owner}`]
}

const on = (value: boolean): string => (value ? 'ON' : 'OFF')
const enabled = (bit: number): string => (bit === 0 ? 'disabled' : 'enabled')
const yes = (value: boolean): string => (value ? 'yes' : 'no')

function virtualServerLines(server: VirtualServer, status: VirtualServerStatus | undefined): readonly string[] {
  return [
    ' ------< Virtual server >------',
    ...server.services.map(serviceLine),
    `   lvs_sched = ${server.scheduler}`,
    '   Hashed = disabled',
    `   flag-1 = ${enabled(server.flags & 8)}`,
    `   flag-2 = ${enabled(server.flags & 0x10)}`,
    `   flag-3 = ${enabled(server.flags & 0x20)}`,
    `   One packet scheduling = ${enabled(server.flags & 4)}`,
    ...(server.persistenceTimeout > 0 ? [`   persistence timeout = ${server.persistenceTimeout}`] : []),
    ...(server.persistenceGranularity === undefined ? [] : [`   persistence granularity = ${server.persistenceGranularity}`]),
    ...(server.persistenceEngine === undefined ? [] : [`   persistence engine = ${server.persistenceEngine}`]),
    `   protocol = ${protocolOf(server)}`,
    `   alpha is ${on(server.alpha)}`,
    `   omega is ${on(server.omega)}`,
    `   quorum = ${server.quorum}, hysteresis = ${server.hysteresis}`,
    ...scriptLine('   Quorum up notify script', server.quorumUp),
    ...scriptLine('   Quorum down notify script', server.quorumDown),
    ...(server.haSuspend === undefined ? [] : ['   Using HA suspend']),
    `   Using smtp notification = ${yes(server.smtpAlert === true)}`,
    ...(server.sorryServer === undefined
      ? []
      : [
          `   sorry server = ${endpoint(server.sorryServer.address)}:${protocolOf(server).toLowerCase()}:${server.sorryServer.port}`,
          `     forwarding method = ${forwardingText(server.sorryServer.forwarding)}`,
          `     Inhibit on failure is ${on(server.sorryServer.inhibit)}`,
        ]),
    `   alive = ${Number(status?.servers.some(({ up }) => up) ?? false)}`,
    `   quorum_state_up = ${Number(status?.quorum === 'up')}`,
    ...server.realServers.flatMap((real, i) => realServerLines(real, status?.servers[i])),
  ]
}

function realServerLines(server: RealServer, status: RealServerStatus | undefined): readonly string[] {
  return [
    '   ------< Real server >------',
    `   RIP = ${server.address}, RPORT = ${server.port}, WEIGHT = ${server.weight} EFF WEIGHT = ${status?.effectiveWeight ?? server.weight}`,
    `   forwarding method = ${forwardingText(server.forwarding)}`,
    `   Alpha is ${on(server.alpha)}`,
    `   connection limit range = ${server.lthreshold} -> ${server.uthreshold}`,
    `   Inhibit on failure is ${on(server.inhibitOnFailure)}`,
    ...scriptLine('     RS up notify script', server.notifyUp),
    ...scriptLine('     RS down notify script', server.notifyDown),
    `   Using smtp notification = ${yes(server.smtpAlert === true)}`,
    `   initial weight = ${server.weight}`,
    `   effective weight = ${status?.effectiveWeight ?? server.weight}`,
    `   alive = ${Number(status?.up ?? false)}`,
    `   num failed checkers = ${status?.checkers.filter(({ up }) => !up).length ?? 0}`,
    `   RS set = ${Number(status?.weight !== undefined)}`,
  ]
}

function checkerBlocks(server: VirtualServer, real: RealServer, status: RealServerStatus | undefined): readonly string[] {
  return real.checkers.flatMap((checker, i) => checkerLines(server, realName(server, real), checker, status?.checkers[i]))
}

function checkerLines(server: VirtualServer, real: string, checker: Checker, status: CheckerStatus | undefined): readonly string[] {
  return [
    ` ${server.name} -> ${real}`,
    `   Enabled = ${yes(status?.enabled ?? true)}`,
    `   Up = ${yes(status?.up ?? false)}`,
    `   Has run = ${yes(status?.tested ?? false)}`,
    ...('delayLoop' in checker ? scheduleLines(checker) : []),
    ...('target' in checker ? connectionLines(checker.target) : []),
    ...methodLines(checker),
    ...(status === undefined || status.sharedBy === 1 ? [] : [`   Probe shared by = ${status.sharedBy} checkers`]),
  ]
}

function scheduleLines(schedule: CheckerSchedule): readonly string[] {
  return [
    `   Alpha = ${yes(schedule.alpha)}`,
    `   Delay loop = ${schedule.delayLoop} us`,
    `   Warmup = ${schedule.warmup} us`,
    `   Retries = ${schedule.retry}`,
    `   Delay before retry = ${schedule.delayBeforeRetry} us`,
    `   Log all failures = ${yes(schedule.logAllFailures)}`,
  ]
}

function connectionLines(target: CheckTarget): readonly string[] {
  return [
    '   Connection',
    `     Dest = ${endpoint(target.address)}:${target.port}`,
    ...(target.bindto === undefined ? [] : [`     Bind to = ${endpoint(target.bindto)}:${target.bindPort ?? 0}`]),
    ...(target.bindIf === undefined ? [] : [`     Bind i/f = ${target.bindIf}`]),
    ...(target.fwmark === 0 ? [] : [`     Mark = ${target.fwmark}`]),
    `     Timeout = ${toSeconds(target.connectTimeout).toFixed(6)}`,
  ]
}

function methodLines(checker: Checker): readonly string[] {
  if (checker.kind === 'BFD_CHECK')
    return ['   Keepalive method = BFD_CHECK', `   Name = ${checker.name}`, `   Alpha is ${on(checker.alpha)}`]
  if (!('urls' in checker)) return [`   Keepalive method = ${checker.kind}`]
  return [
    `   Keepalive method = ${checker.kind}, http protocol ${checker.httpProtocol}`,
    `   Enable SNI ${checker.enableSni ? 'set' : 'unset'}`,
    ...(checker.virtualhost === undefined ? [] : [`   Virtualhost = ${checker.virtualhost}`]),
    ...checker.urls.flatMap((url) => [
      `   Checked url = ${url.path}`,
      ...(url.virtualhost === undefined ? [] : [`     Virtualhost = ${url.virtualhost}`]),
      ...(url.digest === undefined ? [] : [`     Digest = ${url.digest}`]),
      '     HTTP Status Code(s)',
      ...url.statusCodes.map(({ low, high }) => `       ${low === high ? low : `${low}-${high}`}`),
      ...(url.regex === undefined ? [] : [`     Regex = "${url.regex.pattern}"`, ...(url.regex.noMatch ? ['     Regex no match'] : [])]),
    ]),
  ]
}

const realName = (server: VirtualServer, real: RealServer): string =>
  `${endpoint(real.address)}:${protocolOf(server).toLowerCase()}:${real.port}`

const endpoint = (address: string): string => `[${address}]`

function serviceLine(key: ServiceKey): string {
  return key.kind === 'fwmark'
    ? `   VS FWMARK = ${key.fwmark}, family = inet${key.family === 6 ? '6' : ''}`
    : ` VS VIP = ${key.address}, VPORT = ${key.port}`
}

function protocolOf(server: VirtualServer): string {
  const [first] = server.services
  return first?.kind === 'address' ? first.protocol : 'none'
}

function forwardingText(forwarding: Forwarding): string {
  if (forwarding.method !== 'TUN') return forwarding.method
  return forwarding.type === 'ipip'
    ? 'TUN'
    : `TUN, type ${forwarding.type.toUpperCase()}${forwarding.type === 'gue' ? `, port ${forwarding.port}` : ''}`
}
