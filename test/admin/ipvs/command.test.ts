import { describe, expect, test } from 'vitest'
import { readCommand } from '../../../src/admin/ipvs/command.ts'
import { names } from './support.ts'

const read = (line: string) => readCommand(line === '' ? [] : line.split(' '), 'ipvsadm', names)
const lost = "Try `ipvsadm -h' or 'ipvsadm --help' for more information."

describe('what ipvsadm refuses, in its words and with its status', () => {
  test.each([
    { line: 'foo', message: lost, status: 255 },
    { line: '-n -A -t 10.0.0.1:80', message: lost, status: 255 },
    { line: '--add', message: lost, status: 255 },
    { line: '-A -D', message: "invalid option `-D'" },
    { line: '-A -f 7 -s', message: '-s: missing argument', status: 255 },
    { line: '-Ln --wide', message: '--wide: unknown option', status: 255 },
    { line: '-A -t 1.2.3.4:5 -u 1.2.3.4:5', message: "multiple 'service-address' options specified" },
    { line: '-A -t 1.2.3.4:5 foo', message: 'unexpected argument foo' },
    { line: '-A', message: "You need to supply the 'service-address' option for the 'add-service' command" },
    { line: '-a -t 10.0.0.1:80', message: "You need to supply the 'real-server' option for the 'add-server' command" },
    { line: '-A -t 1.2.3.4:5 -w 5', message: "Illegal 'weight' option with the 'add-service' command" },
    { line: '-C -c -n', message: "Illegal 'numeric' option with the 'flush' command" },
    { line: '-A -t 10.0.0.9 -s rr', message: 'Zero port specified for non-persistent service' },
    { line: '-A -t 10.0.0.9:99999', message: 'illegal virtual server address[:port] specified' },
    { line: '-A -t [2001:db8::1]', message: 'illegal virtual server address[:port] specified' },
    { line: '-A -u web:http', message: 'illegal virtual server address[:port] specified' },
    { line: '-A -f 0', message: "invalid fwmark value `0' specified" },
    { line: '-A -f 8 -p 2678401', message: "invalid timeout value `2678401' specified" },
    { line: '-A -f 8 -p -5', message: '-5: unknown option', status: 255 },
    { line: '-A -f 8 -M abc', message: 'illegal virtual server persistent mask specified' },
    { line: '-A -f 8 -6 -M 129', message: 'illegal ipv6 netmask specified' },
    { line: '-A -t 10.0.0.1:80 -6', message: '-6 used before -f\n' },
    { line: '-A -f 8 -b foo', message: "invalid scheduler flag `foo'" },
    { line: '-A -b x -M y -f 8', message: 'illegal virtual server persistent mask specified' },
    { line: '-A -f 8 -s rr -b sh-port', message: "incompatible scheduler flag `sh-port'" },
    { line: '-A -t 10.0.0.1:80 -o', message: 'One-Packet Scheduling is only for UDP virtual services' },
    { line: '-a -t 10.0.0.1:80 -r abc', message: 'illegal real server address[:port] specified' },
    { line: '-a -r web:http -t 10.0.0.1:80', message: 'illegal real server address[:port] specified' },
    { line: '-a -t 10.0.0.1:80 -r 10.0.0.2 -w -1', message: 'illegal weight specified' },
    { line: '-a -t 10.0.0.1:80 -r 10.0.0.2 -x -1', message: 'illegal u_threshold specified' },
    { line: '-a -t 10.0.0.1:80 -r 10.0.0.2 -g -m', message: "multiple 'forwarding-method' options specified" },
    { line: '-a -t 10.0.0.1:80 -r ::1 --tun-csum', message: 'Different address family is allowed only for tunneling servers' },
    { line: '-a -f 1 -r 10.0.0.2 --tun-type gre', message: 'Tunnel options conflict with forward method' },
    { line: '-a -f 1 -r 10.0.0.2 -i --tun-type gue', message: "You need to supply the 'tun-port' option for the 'gue' tunnel type" },
    { line: '-a -f 1 -r 10.0.0.2 -i --tun-csum', message: "Illegal 'tun-csum' option with the 'ipip' tunnel type" },
    {
      line: '-a -f 1 -r 10.0.0.2 -i --tun-type gue --tun-port 7 --tun-csum --tun-nocsum',
      message: "The option 'tun-csum' conflicts with the 'tun-nocsum' option in the 'gue' tunnel type",
    },
    { line: '-L -c --timeout', message: "The option 'timeout' conflicts with the 'connection' option in the 'list' command" },
    { line: '-L --daemon --stats', message: 'options conflicts in the list command' },
    { line: '--set 1 2', message: '--set option requires 3 timeout values' },
    { line: '--set 1 2 3 4', message: 'unexpected argument 4' },
    { line: '--set 1 b 3 4', message: "invalid timeout value `b' specified" },
    { line: '--start-daemon foo', message: 'illegal start-daemon parameter specified' },
    { line: '--stop-daemon foo', message: 'illegal start_daemon specified' },
    { line: '--start-daemon master --syncid 256', message: 'illegal syncid specified' },
    { line: '--start-daemon master --mcast-group 10.0.0.1', message: "invalid IPv4 mcast-group `10.0.0.1'" },
    { line: '--start-daemon master --mcast-group ::1', message: "invalid IPv6 mcast-group `::1'" },
    { line: '--start-daemon master --mcast-ttl 256', message: 'illegal mcast-ttl specified' },
    { line: '--start-daemon master --mcast-port 0', message: 'illegal mcast-port specified' },
    { line: '--start-daemon master --sync-maxlen 65508', message: 'illegal sync-maxlen specified' },
  ])('ipvsadm $line', async ({ line, message, status = 2 }) => {
    expect(await read(line)).toEqual({ ok: false, error: { message, status } })
  })
})

describe('what ipvsadm understands', () => {
  const added = async (line: string) => {
    const answer = await read(line)
    return answer.ok && (answer.value.kind === 'add-service' || answer.value.kind === 'edit-service') ? answer.value.service : answer
  }
  const server = async (line: string) => {
    const answer = await read(line)
    return answer.ok && 'destination' in answer.value ? answer.value.destination : answer
  }

  test('-A -t with a name and a port by name; wlc is the scheduler', async () => {
    expect(await added('-A -t web:http')).toEqual({
      kind: 'service',
      key: { kind: 'address', protocol: 'TCP', address: '192.0.2.7', port: 80 },
      scheduler: 'wlc',
      flags: 0,
      timeout: 0,
      netmask: '255.255.255.255',
      persistenceEngine: undefined,
    })
  })

  test.each([
    { line: '-A -t 10.1:81', key: { address: '10.0.0.1', port: 81 } },
    { line: '-A -t 010.0.0.1:83', key: { address: '8.0.0.1', port: 83 } },
    { line: '-A -t=10.0.0.1:80', key: { address: '10.0.0.1', port: 80 } },
    { line: '-At 10.0.0.1:80', key: { address: '10.0.0.1', port: 80 } },
    { line: '-A --tcp-service=10.0.0.1:80', key: { address: '10.0.0.1', port: 80 } },
    { line: '-A -t 2001:db8::1 -p', key: { address: '2001:db8::1', port: 0 } },
    { line: '-A --sctp-service [2001:db8::1]:80', key: { protocol: 'SCTP', address: '2001:db8::1', port: 80 } },
    { line: '-A -f 4294967295', key: { kind: 'fwmark', fwmark: 4_294_967_295, family: 4 } },
    { line: '-A -f 5 -6', key: { kind: 'fwmark', fwmark: 5, family: 6 } },
  ])('the service of $line', async ({ line, key }) => {
    expect(await added(line)).toMatchObject({ key })
  })

  test.each([
    { line: '-A -f 1 -p', service: { flags: 1, timeout: 360 } },
    { line: '-A -f 1 -p 30 -M 255.255.255.0', service: { flags: 1, timeout: 30, netmask: '255.255.255.0' } },
    { line: '-A -f 1 -p -s rr', service: { flags: 1, timeout: 360, scheduler: 'rr' } },
    { line: '-A -M 64 -f 1 -6', service: { netmask: 128 } },
    { line: '-A -f 1 -6 -M 64', service: { netmask: 64 } },
    { line: '-A -b sh-port,sh-fallback -f 1 -s sh', service: { scheduler: 'sh', flags: 0x18 } },
    { line: '-A -f 1 -o --pe sip', service: { flags: 4, persistenceEngine: 'sip' } },
  ])('the settings of $line', async ({ line, service }) => {
    expect(await added(line)).toMatchObject(service)
  })

  test.each([
    { line: '-a -t 10.0.0.1:80 -r 10.0.0.2', is: { port: 80, forwarding: 3, weight: 1 } },
    {
      line: '-a -t 10.0.0.1:80 -r 10.0.0.2:81 -m -w 7 -x 9 -y 3',
      is: { port: 81, forwarding: 0, weight: 7, uthreshold: 9, lthreshold: 3 },
    },
    { line: '-a -t 10.0.0.1:80 -r 10.0.0.2:81 -g', is: { port: 80 } },
    { line: '-a -t 10.0.0.1:80 -r 10.0.0.2:0 -m', is: { port: 0 } },
    { line: '-a -f 5 -r 10.0.0.2:81 -i', is: { port: 0, forwarding: 2 } },
    {
      line: '-a -f 5 -r [::2]:9 -i --tun-type gue --tun-port 6080 --tun-remcsum',
      is: { address: '::2', tunnelType: 1, tunnelPort: 6080, tunnelFlags: 2 },
    },
    { line: '-e -f 5 -r 10.0.0.2 -i --tun-type gre --tun-csum', is: { tunnelType: 2, tunnelFlags: 1 } },
    { line: '-d -t 10.0.0.1:80 -r 10.0.0.2:99', is: { port: 99 } },
  ])('the server of $line', async ({ line, is }) => {
    expect(await server(line)).toMatchObject(is)
  })

  test.each([
    { line: '', is: { kind: 'list', show: 'usual', style: { numeric: false, sorted: true, exact: false } } },
    { line: '-Ln --stats --rate', is: { kind: 'list', show: 'stats' } },
    { line: '-lnX --nosort --rate', is: { kind: 'list', show: 'rate', style: { numeric: true, sorted: false, exact: true } } },
    { line: '-Lnc --persistent-conn', is: { kind: 'list-connections', engine: true } },
    { line: '-L --timeout', is: { kind: 'list-timeouts' } },
    { line: '-L --daemon --syncid 5', is: { kind: 'list-daemons' } },
    { line: '-S -n', is: { kind: 'save', numeric: true } },
    { line: '-Z', is: { kind: 'zero', key: undefined } },
    { line: '--set 1 0 2678400', is: { kind: 'set', timeouts: { tcp: 1, tcpFin: 0, udp: 2_678_400 } } },
    {
      line: '--start-daemon backup --mcast-interface d0 --syncid 7 --mcast-group ff02::99 --mcast-ttl 3',
      is: { kind: 'start-daemon', daemon: { state: 'backup', interface: 'd0', syncId: 7, group: 'ff02::99', ttl: 3 } },
    },
    { line: '--stop-daemon=master', is: { kind: 'stop-daemon', state: 'master' } },
    { line: '-h -A', is: { kind: 'help' } },
  ])('ipvsadm $line', async ({ line, is }) => {
    const answer = await read(line)
    expect(answer.ok ? answer.value : answer).toMatchObject(is)
  })
})
