import { fromSeconds } from '../base/units.ts'
import type { BfdCheck, Checker, CheckTarget, DnsType, FileCheck, ScheduledChecker } from '../core/check/config.ts'
import type { ScriptCommand } from '../core/script-config.ts'
import type { Context } from './context.ts'
import type { BfdCheckDraft } from './keywords/bfd-check.ts'
import type { ConnectingDraft } from './keywords/checker-options.ts'
import type { FileCheckDraft } from './keywords/file-check.ts'
import type { HttpGetDraft } from './keywords/http-get.ts'
import type { MiscCheckDraft } from './keywords/misc-check.ts'
import type { AnyChecker, RealServerDraft } from './keywords/real-server.ts'
import type { UdpCheckDraft } from './keywords/udp-check.ts'
import { urlFromDraft } from './keywords/url.ts'
import { serviceName, type VirtualServerDraft } from './keywords/virtual-server.ts'
import { resolveConnectTimeout, resolveDelayLoop, resolveSchedule } from './rules/checker-inheritance.ts'
import { servicePort } from './rules/forwarding.ts'
import { scriptCommand } from './rules/script-command.ts'
import { isRefused } from './rules/script-security.ts'

/** Where a checker stands. */
interface Place {
  readonly server: RealServerDraft
  readonly virtualServer: VirtualServerDraft
  readonly context: Context
}

/** The checks of a real server. */
export function resolveCheckers(virtualServer: VirtualServerDraft, server: RealServerDraft, context: Context): readonly Checker[] {
  return server.checkers.flatMap((checker) => resolveChecker(checker, { server, virtualServer, context }))
}

function resolveChecker(checker: AnyChecker, place: Place): readonly Checker[] {
  if (checker.kind === 'FILE_CHECK') return resolveFile(checker, place)
  const { server, virtualServer, context } = place
  if (checker.kind === 'BFD_CHECK') return resolveBfd(checker, server.alpha ?? virtualServer.alpha ?? false)
  const logAllFailures = context.parsed.global.checker_log_all_failures ?? false
  const schedule = resolveSchedule(checker.kind, checker, [server, virtualServer], logAllFailures)
  if (checker.kind === 'MISC_CHECK') return resolveMisc(checker, place).map((attempt) => ({ ...attempt, ...schedule }))
  const target = targetOf(checker, place)
  switch (checker.kind) {
    case 'TCP_CHECK':
    case 'PING_CHECK':
      return [{ kind: checker.kind, target, ...schedule }]
    case 'HTTP_GET':
    case 'SSL_GET':
      return [{ ...resolveHttp(checker, place), target, ...schedule }]
    case 'SMTP_CHECK': {
      const one: ScheduledChecker = { kind: checker.kind, target, heloName: checker.helo_name ?? 'smtpchecker.keepalived.org', ...schedule }
      // Each old host block is one more checker of the same target.
      return Array.from({ length: 1 + checker.hosts }, () => one)
    }
    case 'DNS_CHECK':
      return [{ kind: checker.kind, target, type: (checker.type ?? 'SOA') as DnsType, name: checker.name ?? '.', ...schedule }]
    case 'UDP_CHECK':
      return [{ kind: checker.kind, target, payload: checker.payload, reply: replyOf(checker), ...schedule }]
  }
}

function resolveHttp(checker: HttpGetDraft, { server, virtualServer }: Place) {
  const urls = checker.urls.map((url) => urlFromDraft(url, checker.tls_compliant ?? false)).filter((url) => url !== undefined)
  return {
    kind: checker.kind,
    urls,
    httpProtocol: checker.http_protocol ?? '1.0',
    virtualhost: checker.virtualhost ?? server.virtualhost ?? virtualServer.virtualhost,
    enableSni: checker.enable_sni ?? checker.sni_name !== undefined,
    ...(checker.sni_name !== undefined && { sniName: checker.sni_name }),
  } as const
}

function replyOf({ require_reply, min_reply_length, max_reply_length }: UdpCheckDraft) {
  if (require_reply === undefined) return undefined
  return { pattern: require_reply, minLength: min_reply_length ?? 0, maxLength: max_reply_length ?? 255 }
}

/** A script that is not there is left out, and its server goes unchecked by it. */
function resolveMisc(checker: MiscCheckDraft, { virtualServer, context }: Place) {
  const script = scriptOf(checker, virtualServer, context)
  if (script === undefined) return []
  const timeout = checker.misc_timeout === undefined || checker.misc_timeout === 0 ? undefined : fromSeconds(checker.misc_timeout)
  return [
    { kind: checker.kind, script, timeout: timeout ?? resolveDelayLoop([virtualServer]), dynamic: checker.misc_dynamic ?? false },
  ] as const
}

function scriptOf(checker: MiscCheckDraft, virtualServer: VirtualServerDraft, context: Context): ScriptCommand | undefined {
  const { path, argv } = checker.misc_path ?? { path: undefined, argv: [] }
  if (path === undefined || path === '') return undefined
  const disable = (code: string, why: string, expected: string): undefined => {
    const message = `Disabling misc script '${path}' ${why}`
    context.conclude('none', code, `${serviceName(virtualServer)}: ${message}`, checker.line, expected)
  }
  const found = context.reader.script(path)
  if (found.kind !== 'found') return disable('script-missing', 'since not found/accessible', 'an executable file')
  if (isRefused(found, context.parsed.global)) {
    return disable('script-insecure', 'due to insecure', 'a path only root can change')
  }
  return scriptCommand(found, argv.slice(1), checker.user, context)
}

function resolveFile(checker: FileCheckDraft, { context }: Place): readonly FileCheck[] {
  const file = context.parsed.check.trackFiles.get(checker.track_file ?? '')
  if (file?.file === undefined) return []
  return [
    {
      kind: checker.kind,
      name: file.name,
      path: file.file,
      weight: checker.weight ?? file.weight ?? 1,
      reverse: checker.reverse ?? file.reverse ?? false,
      initial: file.init_file,
    },
  ]
}

function resolveBfd({ name, alpha }: BfdCheckDraft, inherited: boolean): readonly BfdCheck[] {
  return name === undefined ? [] : [{ kind: 'BFD_CHECK', name, alpha: alpha ?? inherited }]
}

function targetOf(checker: ConnectingDraft, { server, virtualServer }: Place): CheckTarget {
  return {
    address: checker.connect_ip ?? server.address,
    port: checker.connect_port ?? (server.port || servicePort(virtualServer)),
    bindto: checker.bindto,
    bindPort: checker.bind_port,
    bindIf: checker.bind_if,
    fwmark: checker.fwmark ?? 0,
    connectTimeout: resolveConnectTimeout([checker, server, virtualServer]),
  }
}
