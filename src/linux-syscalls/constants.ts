/** Numbers of the Linux uapi headers that users of raw sockets need; the same on every architecture Node runs on but MIPS and SPARC. */

// bits/socket.h, bits/socket_type.h
export const AF_UNSPEC = 0
export const AF_UNIX = 1
export const AF_INET = 2
export const AF_INET6 = 10
export const AF_NETLINK = 16
export const AF_PACKET = 17

export const SOCK_STREAM = 1
export const SOCK_DGRAM = 2
export const SOCK_RAW = 3
export const SOCK_SEQPACKET = 5

export const MSG_PEEK = 0x02
export const MSG_CTRUNC = 0x08
/** On receipt: the datagram was longer than the buffer. As an argument: report its true length. */
export const MSG_TRUNC = 0x20
export const MSG_DONTWAIT = 0x40
export const MSG_ERRQUEUE = 0x2000
export const MSG_NOSIGNAL = 0x4000

// asm-generic/socket.h
export const SOL_SOCKET = 1
export const SO_REUSEADDR = 2
export const SO_ERROR = 4
export const SO_BROADCAST = 6
export const SO_SNDBUF = 7
export const SO_RCVBUF = 8
export const SO_PRIORITY = 12
export const SO_BINDTODEVICE = 25
export const SO_TIMESTAMP = 29
export const SO_SNDBUFFORCE = 32
export const SO_RCVBUFFORCE = 33
export const SO_TIMESTAMPNS = 35
export const SO_MARK = 36
export const SO_RXQ_OVFL = 40

// linux/in.h
export const IPPROTO_IP = 0
export const IPPROTO_ICMP = 1
export const IPPROTO_TCP = 6
export const IPPROTO_UDP = 17
export const IPPROTO_IPV6 = 41
export const IPPROTO_AH = 51
export const IPPROTO_ICMPV6 = 58
export const IPPROTO_VRRP = 112
export const IPPROTO_RAW = 255

export const IP_TOS = 1
export const IP_TTL = 2
export const IP_HDRINCL = 3
export const IP_PKTINFO = 8
export const IP_MTU_DISCOVER = 10
export const IP_RECVTTL = 12
export const IP_FREEBIND = 15
export const IP_MULTICAST_IF = 32
export const IP_MULTICAST_TTL = 33
export const IP_MULTICAST_LOOP = 34
export const IP_ADD_MEMBERSHIP = 35
export const IP_DROP_MEMBERSHIP = 36
export const IP_MULTICAST_ALL = 49

// linux/in6.h
export const IPV6_CHECKSUM = 7
export const IPV6_UNICAST_HOPS = 16
export const IPV6_MULTICAST_IF = 17
export const IPV6_MULTICAST_HOPS = 18
export const IPV6_MULTICAST_LOOP = 19
export const IPV6_ADD_MEMBERSHIP = 20
export const IPV6_DROP_MEMBERSHIP = 21
export const IPV6_V6ONLY = 26
export const IPV6_MULTICAST_ALL = 29
export const IPV6_RECVPKTINFO = 49
export const IPV6_PKTINFO = 50
export const IPV6_RECVHOPLIMIT = 51
export const IPV6_HOPLIMIT = 52
export const IPV6_TCLASS = 67
export const IPV6_FREEBIND = 78

// linux/if_ether.h, linux/if_packet.h
export const ETH_P_ALL = 0x0003
export const ETH_P_IP = 0x0800
export const ETH_P_ARP = 0x0806
export const ETH_P_IPV6 = 0x86dd
export const SOL_PACKET = 263
export const PACKET_ADD_MEMBERSHIP = 1

// linux/netlink.h
export const SOL_NETLINK = 270
export const NETLINK_ROUTE = 0
export const NETLINK_NETFILTER = 12
export const NETLINK_CONNECTOR = 11
export const NETLINK_GENERIC = 16
export const NETLINK_ADD_MEMBERSHIP = 1
export const NETLINK_DROP_MEMBERSHIP = 2
export const NETLINK_BROADCAST_ERROR = 4
export const NETLINK_NO_ENOBUFS = 5
export const NETLINK_CAP_ACK = 10
export const NETLINK_EXT_ACK = 11
export const NETLINK_GET_STRICT_CHK = 12

// linux/sched.h, sys/mman.h, linux/prctl.h, sys/resource.h
export const SCHED_OTHER = 0
export const SCHED_FIFO = 1
export const SCHED_RR = 2
export const SCHED_BATCH = 3
export const SCHED_IDLE = 5
/** A child of this thread starts with the default policy (or'ed to a policy). */
export const SCHED_RESET_ON_FORK = 0x40000000
export const CLONE_NEWNET = 0x40000000
export const MCL_CURRENT = 1
export const MCL_FUTURE = 2
export const MCL_ONFAULT = 4
export const PR_SET_PDEATHSIG = 1
export const PR_SET_NAME = 15
export const PRIO_PROCESS = 0

// uv.h: events of `poll`
export const READABLE = 1
export const WRITABLE = 2
export const DISCONNECT = 4
