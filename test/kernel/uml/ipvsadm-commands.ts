/** Command lines that ours and the real ipvsadm are given one after the other; the first word may be `#`: what the next ones are about. */
export const COMMANDS = `
# NAT as the documents set it up: the old table goes, a service, two servers, a look, the rules
-C
-A -t 12.0.0.1:80 -s rr
-a -t 12.0.0.1:80 -r 192.168.200.110:80 -m
-a -t 12.0.0.1:80 -r 192.168.200.120:80 -m -w 1

-ln
--save
-Sn
# services are added, changed and deleted
-A -t 192.168.8.14:80
-A -t 192.168.8.15:80
-E -t 192.168.8.15:80 -s lc
-E -t 192.168.8.14:80 -p 30
-Ln
-a -t 192.168.8.14:80 -r 192.168.8.16
-a -t 192.168.8.14:80 -r 192.168.16
-a -t 192.168.8.14:80 -r 192.168
-a -t 192.168.8.14:80 -r 192.168.8.15:88
-a -t 192.168.8.14:80 -r 192.168.8.15:88 -m
-a -t 192.168.8.14:80 -r 192.168.8.15:89 -m -w 3
-e -t 192.168.8.14:80 -r 192.168.8.16:80 -m
-e -t 192.168.8.14:80 -r 192.168.8.16:81 -i
-e -t 192.168.8.14:80 -r 192.168.8.15:89 -m -i
-Ln
-d -t 192.168.8.14:80 -r 192.168.8.15:89
-d -t 192.168.8.14:80 -r 192.168.8.15:89
-d -t 192.168.8.99:80 -r 192.168.8.15:89
-D -t 192.168.8.15:80
-D -t 192.168.8.15:80
# firewall marks, direct routing, tunnels
-A -f 10 -s rr
-A -f 11
-a -f 10 -r 192.168.8.7 -g
-a -f 10 -r 192.168.8.17 -g
-A -t 192.168.88.60:80 -s rr
-a -t 192.168.88.60:80 -r 192.168.88.62 -g
-a -t 192.168.88.60:80 -r 192.168.88.63 -i
-a -t 192.168.88.60:80 -r 192.168.88.64 -i --tun-type gue --tun-port 6080 --tun-csum
-a -t 192.168.88.60:80 -r 192.168.88.65 -i --tun-type gre
-a -t 192.168.88.60:80 -r [2001:db8::65]:80 -i -x 200 -y 100
-A -u 192.168.88.60:53 -s sh -b sh-port,sh-fallback -o
-A -u 192.168.88.60:5060 -p 60 -M 255.255.255.0 --pe sip
-A --sctp-service [2001:db8::1]:5060 -s wrr -p -M 64
-A -f 5 -6 -s mh -b flag-2
-L
-Ln --nosort
-Ln --stats
-Ln --rate --exact
-Ln --thresholds
-Ln --persistent-conn
-Ln --tun-info
-Ln -t 192.168.88.60:80
-Ln -t 192.168.88.61:80
-L --timeout
-Lnc --persistent-conn
-S
-S -n
-Z
-Z -f 99
# time limits and sync daemons
--set 100 200 300
--set 0 0 301
-L --timeout
-L --daemon
--start-daemon master --mcast-interface d0 --syncid 7 --mcast-group 224.0.0.99 --mcast-ttl 3
--start-daemon master --mcast-interface d0
--start-daemon backup --mcast-interface d0 --sync-maxlen 1000
-L --daemon
--stop-daemon backup
--start-daemon backup --mcast-interface none
# what is refused
-A -t 192.168.88.60:80
-A -t 192.168.88.60:0
-A -t 192.168.88.60:81 -s nosuch
-a -t 192.168.88.60:80 -r 192.168.88.62
-a -t 192.168.88.60:80 -r 224.0.0.1
-a -t 192.168.88.60:80 -r 192.168.88.66 -x 1 -y 2
-e -t 192.168.88.60:80 -r 192.168.88.99
-A -f 10 -n
-Ln --wide
foo
`
  .split('\n')
  .slice(1, -1)
  .filter((line) => !line.startsWith('#'))
  .map((line) => line.split(' ').filter((word) => word !== ''))
