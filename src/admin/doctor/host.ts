import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { errnoName } from 'linux-syscalls'
import type { IpAddress } from '../../base/ip.ts'
import type { MacAddress } from '../../base/mac.ts'
import { fail, ok, type Result } from '../../base/result.ts'
import { fromMillis } from '../../base/units.ts'
import type { Link } from '../../core/links.ts'
import type { AddressObject } from '../../core/reconcile/kinds.ts'
import { probeArp } from '../../drivers/arp-probe.ts'
import { NetlinkKernel } from '../../drivers/kernel.ts'
import { probePing } from '../../drivers/probes/ping.ts'
import { listLinks, readLink } from '../../netlink/route/link.ts'
import { lazyConnection } from '../../netlink/socket.ts'

/** What the checks can see; nothing here changes anything. */
export interface HostView {
  /** Undefined if there is no such file. */
  read(path: string): string | undefined
  /** What a program prints; undefined if it is not there or fails. */
  ask(argv: readonly string[]): string | undefined
  readonly addresses: readonly AddressObject[]
  readonly links: readonly Link[]
  /** Names of the programs that run in this network namespace. */
  readonly programs: ReadonlySet<string>
  /** Whether an echo request that bears an address of ours is answered. */
  echoes(source: IpAddress, target: IpAddress): Promise<boolean>
  /** Who answers ARP on an interface; the error is why nobody could be asked. */
  probe(device: string, targets: readonly IpAddress[]): Promise<Result<ReadonlyMap<IpAddress, ReadonlySet<MacAddress>>, string>>
}

const PROBE_LIMIT = 600
const ECHO_LIMIT = fromMillis(2_000)

export function hostView(): HostView {
  const connection = lazyConnection('route')()
  const dump = connection.ok ? connection.value.dump(listLinks) : undefined
  const links = dump?.ok === true ? dump.value.flatMap((message) => readLink(message) ?? []) : []
  const addresses = (new NetlinkKernel().list('address') ?? []).filter((object) => object.kind === 'address')
  return {
    read,
    ask(argv) {
      const [program = '', ...words] = argv
      const done = spawnSync(program, words, { encoding: 'utf8', timeout: 10_000, env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } })
      return done.status === 0 ? done.stdout : undefined
    },
    addresses,
    links,
    programs: programsHere(),
    async echoes(source, address) {
      const target = { address, port: 0, bindto: source, bindPort: undefined, bindIf: undefined, fwmark: 0, connectTimeout: ECHO_LIMIT }
      return (await probePing({ kind: 'PING_CHECK', target }, AbortSignal.timeout(60_000))).kind === 'passed'
    },
    async probe(device, targets) {
      const link = links.find(({ name }) => name === device)
      if (link?.mac === undefined) return fail(`${device} is no Ethernet interface`)
      if (!link.running) return fail(`${device} has no carrier`)
      const answers = await probeArp({ index: link.index, mac: link.mac }, targets, PROBE_LIMIT)
      return typeof answers === 'number' ? fail(`asking on ${device}: ${errnoName(answers)}`) : ok(answers)
    },
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

function programsHere(): ReadonlySet<string> {
  const namespaceOf = (process: string): string | undefined => {
    try {
      return readlinkSync(`/proc/${process}/ns/net`)
    } catch {
      return undefined
    }
  }
  const own = namespaceOf('self')
  const found = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && namespaceOf(name) === own)
  return new Set(found.flatMap((pid) => read(`/proc/${pid}/comm`) ?? []))
}
