import { familyOf, type IpAddress } from '../../base/ip.ts'
import type { MacAddress } from '../../base/mac.ts'
import type { Director } from './director.ts'
import { doubtful, type Finding, unknown, well, wrong } from './finding.ts'
import type { HostView } from './host.ts'

/** Ways, sizes, and other programs. */
export function networkChecks(director: Director, host: HostView): readonly Finding[] {
  return [...carriers(director, host), ...tunnelSize(director, host), ...managers(director, host), ...clock(director, host)]
}

function carriers({ interfaces }: Director, { links }: HostView): readonly Finding[] {
  return interfaces.map((name) => {
    const link = links.find((one) => one.name === name)
    if (link === undefined) return wrong('interface', `there is no interface ${name}`, 'its instances stay in FAULT', 'ip link')
    if (!link.up || !link.running)
      return wrong('interface', `${name} is down or has no carrier`, 'its instances stay in FAULT', `ip link set ${name} up`)
    return well('interface', `${name} is up`)
  })
}

/** What ipip adds to a packet, bytes. */
const IPIP_HEADER = 20
const USUAL_MTU = 1500

function tunnelSize({ methods, devices }: Director, { links }: HostView): readonly Finding[] {
  if (!methods.has('TUN')) return []
  const small = links.filter(({ name, mtu }) => devices.includes(name) && mtu < USUAL_MTU + IPIP_HEADER)
  if (small.length === 0) return [well('MTU', 'a full packet fits with the header of the tunnel')]
  const why = `a packet of ${USUAL_MTU} bytes does not fit with the header of the tunnel: the client is told by ICMP, or hangs where that is filtered`
  const told = small.map(({ name, mtu }) => `${name} has an MTU of ${mtu}`).join(', ')
  const mend = 'ip route change default via GATEWAY advmss 1440   # on the real servers; or a larger MTU on both sides'
  return [doubtful('MTU', told, why, mend)]
}

function managers({ devices }: Director, { programs, ask }: HostView): readonly Finding[] {
  const device = devices[0] ?? 'eth0'
  const findings: Finding[] = []
  if (programs.has('keepalived')) {
    const why = 'two programs that hold the same addresses and the same ip_vs table undo what the other does'
    findings.push(wrong('other programs', 'keepalived is running', why, 'systemctl disable --now keepalived'))
  }
  if (programs.has('NetworkManager') && !/unmanaged/.test(ask(['nmcli', '-g', 'GENERAL.STATE', 'device', 'show', device]) ?? '')) {
    const why = 'it takes addresses away that it did not add when a connection is activated anew'
    findings.push(doubtful('other programs', `NetworkManager manages ${device}`, why, `nmcli device set ${device} managed no`))
  }
  if (programs.has('systemd-networ') || programs.has('systemd-network')) {
    const why = 'when it restarts it removes addresses, routes and rules that it did not add'
    const mend = `printf '[Network]\\nKeepConfiguration=yes\\n' >/etc/systemd/network/${device}.network.d/keep.conf`
    findings.push(doubtful('other programs', 'systemd-networkd is running', why, mend))
  }
  return findings.length > 0 ? findings : [well('other programs', 'no other program manages the addresses')]
}

function clock({ comparesClocks }: Director, { ask }: HostView): readonly Finding[] {
  if (!comparesClocks) return []
  const answer = ask(['timedatectl', 'show', '--property=NTPSynchronized', '--value'])?.trim()
  if (answer === undefined) return [unknown('clock', 'timedatectl does not tell whether the clock is synchronised')]
  if (answer === 'yes') return [well('clock', 'the clock is synchronised')]
  return [
    wrong(
      'clock',
      'the clock is not synchronised',
      'auth_hmac refuses adverts whose time is off by more than time_window',
      'timedatectl set-ntp true',
    ),
  ]
}

/** Who answers for the virtual addresses: nobody, the master, or somebody who should not. */
export async function addressChecks({ devices, vips, realServers }: Director, host: HostView): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const device of devices) {
    const mine = vips.filter((vip) => vip.interface === device && familyOf(vip.address) === 4).map(({ address }) => address)
    const servers = realServers.map(({ address }) => address).filter((address) => familyOf(address) === 4)
    if (mine.length === 0) continue
    const answers = await host.probe(device, [...mine, ...servers])
    if (!answers.ok) {
      findings.push(unknown('virtual addresses', answers.error))
      continue
    }
    const owners = new Map(servers.flatMap((server) => [...(answers.value.get(server) ?? [])].map((mac) => [mac, server] as const)))
    for (const vip of mine) findings.push(...judge(vip, [...(answers.value.get(vip) ?? [])].toSorted(), owners, host))
  }
  return findings
}

function judge(
  vip: IpAddress,
  macs: readonly MacAddress[],
  owners: ReadonlyMap<MacAddress, IpAddress>,
  { addresses }: HostView,
): readonly Finding[] {
  const held = addresses.some(({ prefix, interface: device }) => device !== 'lo' && prefix.address === vip)
  const others = macs.filter((mac) => !owners.has(mac))
  const findings: Finding[] = macs
    .filter((mac) => owners.has(mac))
    .map((mac) => {
      const why = 'clients that ask at the wrong moment send all they have to this one server, past the director'
      const mend =
        'vipkeeper realserver up --conf keepalived.conf   # on the real server; or sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2'
      return wrong('ARP of real servers', `the real server ${owners.get(mac)} (${mac}) answers ARP for ${vip}`, why, mend)
    })
  if (others.length + (held ? 1 : 0) > 1) {
    const where = [...(held ? ['this host'] : []), ...others].join(', ')
    findings.push(
      wrong(
        'virtual addresses',
        `${vip} is in several places: ${where}`,
        'two masters, or an address given twice: some clients reach the wrong one. Masters that do not hear each other are kept apart by a filter, or by a switch that snoops IGMP and has no querier (not with 224.0.0.18, which it has to flood)',
        'tcpdump -ni INTERFACE proto 112   # on both; who hears nothing needs a querier on the switch, or unicast_peer',
      ),
    )
  } else if (findings.length === 0) {
    const place = held
      ? 'held by this host, and by nobody else'
      : others[0] === undefined
        ? 'answered by nobody'
        : `answered by ${others[0]}, as by another master`
    findings.push(well('virtual addresses', `${vip}: ${place}`))
  }
  return findings
}
