import type { Director } from './director.ts'
import { doubtful, type Finding, unknown, well, wrong } from './finding.ts'
import type { HostView } from './host.ts'

/** What the kernel must do and have for the way this director forwards. */
export function kernelChecks(director: Director, host: HostView): readonly Finding[] {
  return [
    ...forwarding(director, host),
    ...redirects(director, host),
    ...reversePath(director, host),
    ...balancing(director, host),
    ...tracking(host),
  ]
}

function forwarding({ methods, realServers }: Director, { read }: HostView): readonly Finding[] {
  if (!methods.has('NAT')) return []
  const families = new Set(realServers.filter(({ method }) => method === 'NAT').map(({ address }) => (address.includes(':') ? 6 : 4)))
  return [...families].map((family) => {
    const name = family === 4 ? 'net.ipv4.ip_forward' : 'net.ipv6.conf.all.forwarding'
    const on = read(`/proc/sys/${name.replaceAll('.', '/')}`) === '1'
    if (on) return well('ip_forward', `${name} is 1`)
    return wrong(
      'ip_forward',
      `${name} is not 1`,
      'with lvs_method NAT the answers of real servers pass through this host',
      `sysctl -w ${name}=1`,
    )
  })
}

function redirects({ methods, devices }: Director, { read }: HostView): readonly Finding[] {
  if (!methods.has('DR')) return []
  // Either of the two is enough to send them.
  const sending = ['all', ...devices].filter((device) => read(`/proc/sys/net/ipv4/conf/${device}/send_redirects`) === '1')
  if (sending.length === 0) return [well('send_redirects', 'no ICMP redirects are sent')]
  const mend = sending.map((device) => `sysctl -w net.ipv4.conf.${device}.send_redirects=0`).join(' && ')
  const why = 'this host forwards on the interface on which packets come in, and may tell clients to go to the real server themselves'
  return [doubtful('send_redirects', `send_redirects is 1 for ${sending.join(', ')}`, why, mend)]
}

function reversePath({ devices, virtualServers }: Director, { read }: HostView): readonly Finding[] {
  if (!virtualServers) return []
  const value = (device: string): number => Number(read(`/proc/sys/net/ipv4/conf/${device}/rp_filter`) ?? 0)
  // The larger of the two counts.
  const strict = devices.filter((device) => Math.max(value('all'), value(device)) === 1)
  if (strict.length === 0) return [well('rp_filter', 'no packet is dropped for the way it came')]
  const why = 'a packet is dropped if its answer would leave through another interface, as on a director with several ways out'
  return [
    doubtful(
      'rp_filter',
      `rp_filter is strict on ${strict.join(', ')}`,
      why,
      strict.map((device) => `sysctl -w net.ipv4.conf.${device}.rp_filter=2`).join(' && '),
    ),
  ]
}

function balancing({ virtualServers, schedulers }: Director, { read }: HostView): readonly Finding[] {
  if (!virtualServers) return []
  const release = read('/proc/sys/kernel/osrelease') ?? ''
  const modules = `${read(`/lib/modules/${release}/modules.dep`) ?? ''}\n${read(`/lib/modules/${release}/modules.builtin`) ?? ''}`
  const has = (name: string): boolean =>
    new RegExp(`/${name}\\.ko`).test(modules) || new RegExp(`^${name} `, 'm').test(read('/proc/modules') ?? '')
  const loaded = read('/proc/net/ip_vs') !== undefined
  const why = 'without ip_vs nothing is balanced'
  const table = loaded
    ? well('ip_vs', 'ip_vs is there')
    : has('ip_vs')
      ? doubtful('ip_vs', 'ip_vs is not loaded', `${why}; it is loaded when the service starts, if that may`, 'modprobe ip_vs')
      : wrong('ip_vs', `the kernel ${release} has no ip_vs`, why, 'install the kernel package that has all modules')
  const missing = schedulers.filter((name) => !has(`ip_vs_${name}`))
  if (missing.length === 0) return [table, well('schedulers', `${schedulers.join(', ')}: known to the kernel`)]
  const mend = missing.map((name) => `modprobe ip_vs_${name}`).join(' && ')
  return [
    table,
    wrong(
      'schedulers',
      `the kernel has no ${missing.map((name) => `ip_vs_${name}`).join(', ')}`,
      'services with this lb_algo are refused',
      mend,
    ),
  ]
}

/** Beyond this share of the table it is nearly full. */
const FULL = 0.9

function tracking({ read }: HostView): readonly Finding[] {
  const count = Number(read('/proc/sys/net/netfilter/nf_conntrack_count'))
  const most = Number(read('/proc/sys/net/netfilter/nf_conntrack_max'))
  if (!(most > 0)) return [well('conntrack', 'connections are not tracked')]
  if (Number.isNaN(count)) return [unknown('conntrack', 'nf_conntrack_count cannot be read')]
  if (count < most * FULL) return [well('conntrack', `${count} of ${most} connections`)]
  const why = 'a full table drops new connections'
  return [wrong('conntrack', `${count} of ${most} connections are tracked`, why, `sysctl -w net.netfilter.nf_conntrack_max=${most * 4}`)]
}
