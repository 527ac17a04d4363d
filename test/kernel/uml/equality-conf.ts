/** Two configurations that between them have everything that ends up in ip_vs; `changed` is what `first` is reloaded to. */

/** The service that is checked only while its address is on the director. */
export const SUSPENDED = '10.1.0.20'

interface Service {
  readonly head: string
  readonly lines?: string
  readonly servers: readonly string[]
}

/** A server whose last octet is the port by which it is checked. */
function server(address: string, { port, weight = 1, lines = '' }: { port?: 81 | 82; weight?: number; lines?: string } = {}): string {
  // A closed port says so at once; a slow machine is none.
  const check =
    port === undefined
      ? ''
      : `TCP_CHECK {
      connect_ip 192.168.9.9
      connect_port ${port}
      connect_timeout 60
      warmup 0
      retry 0
    }`
  return `  real_server ${address} {
    weight ${weight}
    ${lines}
    ${check}
  }`
}

const pair = (port = '80', lines = ''): readonly string[] => [
  server(`10.2.0.81 ${port}`, { port: 81, weight: 2, lines }),
  server(`10.2.0.82 ${port}`, { port: 82, weight: 3, lines }),
]

function text({ head, lines = '', servers }: Service): string {
  return `virtual_server ${head} {
  delay_loop 1
  ${lines}
${servers.join('\n')}
}`
}

const tcp = (more = 'lvs_method NAT'): string => `protocol TCP\n  ${more}`
const script = (word: string): string => `"/bin/sh -c 'echo ${word} >> @DIR@/events'"`
const schedulers = ['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'sh', 'mh', 'dh', 'fo', 'ovf', 'sed', 'nq']

const globals = (lines: string): string => `global_defs {
  script_user root
  lvs_notify_fifo @DIR@/fifo
  ${lines}
}
track_file number {
  file @DIR@/number
}
virtual_server_group ranges {
  10.1.5.1-3 80
  10.1.5.16/30 8080
  fwmark 77
}
virtual_server_group six {
  2001:db8:5::1-2 80
}`

const scripted = `quorum_up ${script('quorum_up')}
  quorum_down ${script('quorum_down')}`
const told = `notify_up ${script('up')}
    notify_down ${script('down')}`

const common: readonly Service[] = [
  {
    head: '10.1.0.1 80',
    lines: `${tcp()}\n  lvs_sched rr\n  quorum 5\n  omega\n  sorry_server 10.2.0.99 80\n  ${scripted}`,
    servers: pair('80', told),
  },
  {
    head: '10.1.0.2 80',
    lines: `${tcp('lvs_method DR')}\n  lvs_sched wrr\n  inhibit_on_failure\n  quorum 3\n  hysteresis 1\n  omega\n  sorry_server 10.2.0.99 80\n  sorry_server_inhibit`,
    servers: pair(),
  },
  { head: '10.1.0.3 80', lines: `${tcp('lvs_method TUN')}\n  lvs_sched wlc\n  alpha`, servers: pair() },
  {
    head: '10.1.0.4 80',
    lines: `${tcp('lvs_method TUN type gue port 6080 csum')}\n  lvs_sched sh\n  sh-port\n  sh-fallback\n  persistence_timeout 50\n  persistence_granularity 255.255.255.0`,
    servers: [
      ...pair(),
      server('10.2.0.83 80', { lines: 'lvs_method TUN type gre csum' }),
      server('10.2.0.84 80', { lines: 'lvs_method DR' }),
    ],
  },
  { head: 'fwmark 5', lines: 'lvs_method DR\n  lvs_sched mh\n  mh-port\n  mh-fallback', servers: pair('') },
  { head: 'fwmark 6', lines: 'lvs_method DR\n  lvs_sched wlc\n  ip_family inet6', servers: [server('2001:db8::81', { port: 81 })] },
  { head: 'group ranges', lines: `${tcp()}\n  lvs_sched wlc\n  quorum 2`, servers: pair() },
  { head: 'group six', lines: `${tcp('lvs_method DR')}\n  lvs_sched rr`, servers: [server('2001:db8::82 80', { port: 82 })] },
  {
    head: '2001:db8:1::1 443',
    lines: `${tcp('lvs_method TUN')}\n  lvs_sched rr\n  persistence_timeout 60\n  persistence_granularity 64`,
    servers: pair('443'),
  },
  {
    head: '10.1.0.7 53',
    lines: 'protocol UDP\n  lvs_method NAT\n  lvs_sched rr\n  ops',
    servers: pair('5353', 'uthreshold 100\n    lthreshold 50'),
  },
  {
    head: '10.1.0.8 5060',
    lines: 'protocol UDP\n  lvs_method NAT\n  lvs_sched rr\n  persistence_timeout 30\n  persistence_engine sip',
    servers: pair('5060'),
  },
  { head: `${SUSPENDED} 80`, lines: `${tcp()}\n  lvs_sched rr\n  ha_suspend`, servers: pair() },
  { head: '10.1.0.11 2905', lines: 'protocol SCTP\n  lvs_method NAT\n  lvs_sched wrr', servers: pair('2905') },
  {
    head: '10.1.0.12 80',
    lines: `${tcp()}\n  lvs_sched wrr\n  alpha`,
    servers: [
      `  real_server 10.2.0.88 80 {
    weight 5
    MISC_CHECK {
      misc_path @DIR@/misc
      misc_dynamic
      misc_timeout 60
      warmup 0
    }
  }`,
    ],
  },
  { head: '10.1.0.9 0', lines: `${tcp()}\n  lvs_sched rr\n  persistence_timeout 40`, servers: [server('10.2.0.85 0')] },
]

const file = (weight: number): Service => ({
  head: '10.1.0.10 80',
  lines: `${tcp()}\n  lvs_sched wrr`,
  servers: [
    `  real_server 10.2.0.86 80 {
    weight ${weight}
    FILE_CHECK {
      track_file number
      weight 1
    }
  }`,
  ],
})

const each = (names: readonly string[]): readonly Service[] =>
  names.map((name, i) => ({
    head: `10.1.3.${i + 1} 80`,
    lines: `${tcp()}\n  lvs_sched ${name}`,
    servers: [server('10.2.0.87 80', { weight: 4 })],
  }))

const conf = (lines: string, services: readonly Service[]): string => `${globals(lines)}\n${services.map(text).join('\n')}\n`

export const first = conf('lvs_flush\n  lvs_timeouts tcp 700 tcpfin 70 udp 170', [
  ...common,
  file(10),
  ...each(schedulers),
  { head: '10.1.7.1 80', lines: tcp(), servers: pair() },
])

/** Others of the same name, one service less, one more, servers that come, go and weigh something else. */
export const changed = conf('rs_init_notifies\n  lvs_timeouts tcp 800 tcpfin 80 udp 180', [
  ...common.slice(0, 1),
  {
    head: '10.1.0.2 80',
    lines: `${tcp('lvs_method DR')}\n  lvs_sched wlc\n  inhibit_on_failure\n  omega`,
    servers: [...pair(), server('10.2.0.90 80')],
  },
  { head: '10.1.0.3 80', lines: `${tcp('lvs_method NAT')}\n  lvs_sched wlc\n  alpha`, servers: pair().slice(1) },
  { head: '10.1.0.4 80', lines: `${tcp('lvs_method TUN type gre')}\n  lvs_sched mh\n  mh-port`, servers: pair() },
  ...common.slice(4),
  file(20),
  ...each([...schedulers].reverse()),
  { head: '10.1.9.9 80', lines: `${tcp()}\n  lvs_sched rr\n  persistence_timeout 90`, servers: pair('81') },
])

export const flushing = conf('lvs_flush_on_stop\n  lvs_sync_daemon eth0 id 7 maxlen 1200 port 8850 ttl 3 group 224.0.0.83', [
  ...common.slice(0, 2),
  { head: '10.1.9.9 80', lines: `${tcp()}\n  lvs_sched rr`, servers: pair('81') },
])
