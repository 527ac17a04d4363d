/** Numbers of the Linux uapi headers, each group with its header. The same on all architectures. */

// linux/netlink.h: struct nlmsghdr, nlmsg_type, nlmsg_flags
export const NLMSG_NOOP = 1
export const NLMSG_ERROR = 2
export const NLMSG_DONE = 3
export const NLM_F_REQUEST = 0x01
export const NLM_F_MULTI = 0x02
export const NLM_F_ACK = 0x04
export const NLM_F_DUMP_INTR = 0x10
export const NLM_F_DUMP = 0x300
export const NLM_F_REPLACE = 0x100
export const NLM_F_EXCL = 0x200
export const NLM_F_CREATE = 0x400
/** On an error: the request is not repeated behind it. */
export const NLM_F_CAPPED = 0x100
/** On an error: attributes of the extended acknowledgement follow. */
export const NLM_F_ACK_TLVS = 0x200
// linux/netlink.h: enum nlmsgerr_attrs
export const NLMSGERR_ATTR_MSG = 1
// linux/netlink.h: struct nlattr
export const NLA_F_NESTED = 0x8000
export const NLA_TYPE_MASK = 0x3fff

// linux/rtnetlink.h: message types, multicast groups
export const RTM_NEWLINK = 16
export const RTM_DELLINK = 17
export const RTM_GETLINK = 18
export const RTM_NEWADDR = 20
export const RTM_DELADDR = 21
export const RTM_GETADDR = 22
export const RTM_NEWNEIGH = 28
export const RTM_DELNEIGH = 29
export const RTM_GETNEIGH = 30
/** Bit masks for sockaddr_nl.nl_groups (RTMGRP_*). */
export const RTMGRP_LINK = 0x01
export const RTMGRP_NEIGH = 0x04
export const RTMGRP_IPV4_IFADDR = 0x10
export const RTMGRP_IPV6_IFADDR = 0x100
/** Leave the statistics out of a link (RTEXT_FILTER_SKIP_STATS). */
export const RTEXT_FILTER_SKIP_STATS = 1 << 3

// linux/socket.h
export const AF_UNSPEC = 0
export const AF_INET = 2
export const AF_INET6 = 10

// linux/if_link.h
export const IFLA_ADDRESS = 1
export const IFLA_IFNAME = 3
export const IFLA_MTU = 4
export const IFLA_LINK = 5
export const IFLA_LINKINFO = 18
export const IFLA_AF_SPEC = 26
export const IFLA_GROUP = 27
export const IFLA_EXT_MASK = 29
/** The interface below is in another network namespace. */
export const IFLA_LINK_NETNSID = 37
export const IFLA_INFO_KIND = 1
export const IFLA_INFO_DATA = 2
export const IFLA_MACVLAN_MODE = 1
export const MACVLAN_MODE_PRIVATE = 1
export const IFLA_IPVLAN_MODE = 1
export const IFLA_IPVLAN_FLAGS = 2
export const IPVLAN_MODE_L2 = 0
export const IPVLAN_F_PRIVATE = 1
export const IPVLAN_F_VEPA = 2
export const IFLA_INET_CONF = 1
export const IFLA_INET6_CONF = 2
export const IFLA_INET6_ADDR_GEN_MODE = 8
// linux/ip.h: enum IPV4_DEVCONF_*, which counts from 1
export const IPV4_DEVCONF_RP_FILTER = 8
export const IPV4_DEVCONF_ARPFILTER = 13
export const IPV4_DEVCONF_ARP_IGNORE = 19
export const IPV4_DEVCONF_PROMOTE_SECONDARIES = 20
export const IPV4_DEVCONF_ACCEPT_LOCAL = 23
// linux/ipv6.h: enum DEVCONF_*, which counts from 0
export const DEVCONF_ACCEPT_RA = 3
export const DEVCONF_RTR_SOLICITS = 7
export const DEVCONF_DISABLE_IPV6 = 26
// linux/if.h
export const IFF_UP = 0x1
export const IFF_LOOPBACK = 0x8
export const IFF_RUNNING = 0x40
export const IFF_NOARP = 0x80
export const IFF_MULTICAST = 0x1000
// linux/if_arp.h
export const ARPHRD_ETHER = 1

// linux/if_addr.h
export const IFA_ADDRESS = 1
export const IFA_LOCAL = 2
export const IFA_LABEL = 3
export const IFA_BROADCAST = 4
export const IFA_CACHEINFO = 6
export const IFA_FLAGS = 8
export const IFA_PROTO = 11
export const IFA_F_SECONDARY = 0x01
export const IFA_F_NODAD = 0x02
export const IFA_F_DADFAILED = 0x08
export const IFA_F_TENTATIVE = 0x40
/** A lifetime without end. */
export const INFINITY_LIFE_TIME = 0xffff_ffff
// linux/rtnetlink.h: RTPROT_KEEPALIVED, which IFA_PROTO shares.
export const RTPROT_KEEPALIVED = 18

// linux/neighbour.h
export const NDA_DST = 1
export const NDA_LLADDR = 2

// linux/genetlink.h
export const GENL_ID_CTRL = 0x10
export const CTRL_CMD_GETFAMILY = 3
export const CTRL_ATTR_FAMILY_ID = 1
export const CTRL_ATTR_FAMILY_NAME = 2

// linux/ip_vs.h: enum IPVS_CMD_*
export const IPVS_GENL_NAME = 'IPVS'
export const IPVS_GENL_VERSION = 1
export const IPVS_CMD_NEW_SERVICE = 1
export const IPVS_CMD_SET_SERVICE = 2
export const IPVS_CMD_DEL_SERVICE = 3
export const IPVS_CMD_GET_SERVICE = 4
export const IPVS_CMD_NEW_DEST = 5
export const IPVS_CMD_SET_DEST = 6
export const IPVS_CMD_DEL_DEST = 7
export const IPVS_CMD_GET_DEST = 8
export const IPVS_CMD_NEW_DAEMON = 9
export const IPVS_CMD_DEL_DAEMON = 10
export const IPVS_CMD_GET_DAEMON = 11
export const IPVS_CMD_SET_CONFIG = 12
export const IPVS_CMD_GET_CONFIG = 13
export const IPVS_CMD_SET_INFO = 14
export const IPVS_CMD_GET_INFO = 15
export const IPVS_CMD_ZERO = 16
export const IPVS_CMD_FLUSH = 17

// linux/ip_vs.h: enum IPVS_CMD_ATTR_*
export const IPVS_CMD_ATTR_SERVICE = 1
export const IPVS_CMD_ATTR_DEST = 2
export const IPVS_CMD_ATTR_DAEMON = 3
export const IPVS_CMD_ATTR_TIMEOUT_TCP = 4
export const IPVS_CMD_ATTR_TIMEOUT_TCP_FIN = 5
export const IPVS_CMD_ATTR_TIMEOUT_UDP = 6

// linux/ip_vs.h: enum IPVS_SVC_ATTR_*
export const IPVS_SVC_ATTR_AF = 1
export const IPVS_SVC_ATTR_PROTOCOL = 2
export const IPVS_SVC_ATTR_ADDR = 3
export const IPVS_SVC_ATTR_PORT = 4
export const IPVS_SVC_ATTR_FWMARK = 5
export const IPVS_SVC_ATTR_SCHED_NAME = 6
export const IPVS_SVC_ATTR_FLAGS = 7
export const IPVS_SVC_ATTR_TIMEOUT = 8
export const IPVS_SVC_ATTR_NETMASK = 9
export const IPVS_SVC_ATTR_STATS = 10
export const IPVS_SVC_ATTR_PE_NAME = 11
export const IPVS_SVC_ATTR_STATS64 = 12

// linux/ip_vs.h: enum IPVS_DEST_ATTR_*
export const IPVS_DEST_ATTR_ADDR = 1
export const IPVS_DEST_ATTR_PORT = 2
export const IPVS_DEST_ATTR_FWD_METHOD = 3
export const IPVS_DEST_ATTR_WEIGHT = 4
export const IPVS_DEST_ATTR_U_THRESH = 5
export const IPVS_DEST_ATTR_L_THRESH = 6
export const IPVS_DEST_ATTR_ACTIVE_CONNS = 7
export const IPVS_DEST_ATTR_INACT_CONNS = 8
export const IPVS_DEST_ATTR_PERSIST_CONNS = 9
export const IPVS_DEST_ATTR_STATS = 10
export const IPVS_DEST_ATTR_ADDR_FAMILY = 11
export const IPVS_DEST_ATTR_STATS64 = 12
export const IPVS_DEST_ATTR_TUN_TYPE = 13
export const IPVS_DEST_ATTR_TUN_PORT = 14
export const IPVS_DEST_ATTR_TUN_FLAGS = 15

// linux/ip_vs.h: enum IPVS_DAEMON_ATTR_*, IPVS_STATS_ATTR_*, IPVS_INFO_ATTR_*
export const IPVS_DAEMON_ATTR_STATE = 1
export const IPVS_DAEMON_ATTR_MCAST_IFN = 2
export const IPVS_DAEMON_ATTR_SYNC_ID = 3
export const IPVS_DAEMON_ATTR_SYNC_MAXLEN = 4
export const IPVS_DAEMON_ATTR_MCAST_GROUP = 5
export const IPVS_DAEMON_ATTR_MCAST_GROUP6 = 6
export const IPVS_DAEMON_ATTR_MCAST_PORT = 7
export const IPVS_DAEMON_ATTR_MCAST_TTL = 8
export const IPVS_STATS_ATTR_CONNS = 1
export const IPVS_STATS_ATTR_INPKTS = 2
export const IPVS_STATS_ATTR_OUTPKTS = 3
export const IPVS_STATS_ATTR_INBYTES = 4
export const IPVS_STATS_ATTR_OUTBYTES = 5
export const IPVS_STATS_ATTR_CPS = 6
export const IPVS_STATS_ATTR_INPPS = 7
export const IPVS_STATS_ATTR_OUTPPS = 8
export const IPVS_STATS_ATTR_INBPS = 9
export const IPVS_STATS_ATTR_OUTBPS = 10
export const IPVS_INFO_ATTR_VERSION = 1
export const IPVS_INFO_ATTR_CONN_TAB_SIZE = 2

// asm-generic/errno-base.h, asm-generic/errno.h: what netlink answers with and we judge by.
export const EPERM = 1
export const ENOENT = 2
export const ESRCH = 3
export const EIO = 5
export const EAGAIN = 11
export const EEXIST = 17
export const ENODEV = 19
export const EMSGSIZE = 90
export const ENOPROTOOPT = 92
export const ENOBUFS = 105
