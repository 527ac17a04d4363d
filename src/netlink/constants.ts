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
export const NLM_F_APPEND = 0x800
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
export const RTM_NEWROUTE = 24
export const RTM_DELROUTE = 25
export const RTM_GETROUTE = 26
export const RTM_NEWRULE = 32
export const RTM_DELRULE = 33
export const RTM_GETRULE = 34
export const RTM_NEWNEIGH = 28
export const RTM_DELNEIGH = 29
export const RTM_GETNEIGH = 30
/** Bit masks for sockaddr_nl.nl_groups (RTMGRP_*). */
export const RTMGRP_LINK = 0x01
export const RTMGRP_NEIGH = 0x04
export const RTMGRP_IPV4_IFADDR = 0x10
export const RTMGRP_IPV6_IFADDR = 0x100
export const RTMGRP_IPV4_ROUTE = 0x40
export const RTMGRP_IPV4_RULE = 0x80
export const RTMGRP_IPV6_ROUTE = 0x400
/** RTNLGRP_IPV6_RULE, which has no RTMGRP_* of its own. */
export const RTMGRP_IPV6_RULE = 1 << 18
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
export const IFLA_VRF_TABLE = 1
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

// linux/rtnetlink.h: struct rtmsg, enum rtattr_type_t, struct rtnexthop
export const RTM_F_CLONED = 0x200
export const RTNH_F_ONLINK = 4
export const RT_SCOPE_NOWHERE = 255
export const RTA_DST = 1
export const RTA_SRC = 2
export const RTA_OIF = 4
export const RTA_GATEWAY = 5
export const RTA_PRIORITY = 6
export const RTA_PREFSRC = 7
export const RTA_METRICS = 8
export const RTA_MULTIPATH = 9
export const RTA_FLOW = 11
export const RTA_CACHEINFO = 12
export const RTA_TABLE = 15
export const RTA_VIA = 18
export const RTA_PREF = 20
export const RTA_ENCAP_TYPE = 21
export const RTA_ENCAP = 22
export const RTA_EXPIRES = 23
export const RTA_TTL_PROPAGATE = 26
// linux/rtnetlink.h: RTAX_*, by the words of `ip route`
export const RTAX_LOCK = 1
export const RTAX = {
  mtu: 2,
  window: 3,
  rtt: 4,
  rttvar: 5,
  ssthresh: 6,
  cwnd: 7,
  advmss: 8,
  reordering: 9,
  hoplimit: 10,
  initcwnd: 11,
  features: 12,
  rto_min: 13,
  initrwnd: 14,
  quickack: 15,
  congctl: 16,
  fastopen_no_cookie: 17,
} as const
// linux/lwtunnel.h, linux/mpls_iptunnel.h, linux/ila.h
export const LWTUNNEL_ENCAP_MPLS = 1
export const LWTUNNEL_ENCAP_IP = 2
export const LWTUNNEL_ENCAP_ILA = 3
export const LWTUNNEL_ENCAP_IP6 = 4
/** LWTUNNEL_IP6_* has the same numbers. */
export const LWTUNNEL_IP_ID = 1
export const LWTUNNEL_IP_DST = 2
export const LWTUNNEL_IP_SRC = 3
export const LWTUNNEL_IP_TTL = 4
export const LWTUNNEL_IP_TOS = 5
export const LWTUNNEL_IP_FLAGS = 6
export const MPLS_IPTUNNEL_DST = 1
export const ILA_ATTR_LOCATOR = 1

// linux/fib_rules.h: struct fib_rule_hdr, FR_ACT_*, FRA_*
export const FIB_RULE_INVERT = 2
export const FR_ACT_TO_TBL = 1
export const FR_ACT_GOTO = 2
export const FR_ACT_NOP = 3
export const FR_ACT_BLACKHOLE = 6
export const FR_ACT_UNREACHABLE = 7
export const FR_ACT_PROHIBIT = 8
export const FRA_DST = 1
export const FRA_SRC = 2
export const FRA_IIFNAME = 3
export const FRA_GOTO = 4
export const FRA_PRIORITY = 6
export const FRA_FWMARK = 10
export const FRA_FLOW = 11
export const FRA_TUN_ID = 12
export const FRA_SUPPRESS_IFGROUP = 13
export const FRA_SUPPRESS_PREFIXLEN = 14
export const FRA_TABLE = 15
export const FRA_FWMASK = 16
export const FRA_OIFNAME = 17
export const FRA_L3MDEV = 19
export const FRA_UID_RANGE = 20
export const FRA_PROTOCOL = 21
export const FRA_IP_PROTO = 22
export const FRA_SPORT_RANGE = 23
export const FRA_DPORT_RANGE = 24

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

// linux/netfilter/nfnetlink.h: struct nfgenmsg
export const NFNL_SUBSYS_NFTABLES = 10
export const NFNL_MSG_BATCH_BEGIN = 0x10
export const NFNL_MSG_BATCH_END = 0x11
// linux/netfilter/nf_tables.h: enum nf_tables_msg_types
export const NFT_MSG_NEWTABLE = 0
export const NFT_MSG_GETTABLE = 1
export const NFT_MSG_DELTABLE = 2
export const NFT_MSG_NEWCHAIN = 3
export const NFT_MSG_GETCHAIN = 4
export const NFT_MSG_NEWRULE = 6
export const NFT_MSG_GETRULE = 7
export const NFT_MSG_NEWSET = 9
export const NFT_MSG_NEWSETELEM = 12
export const NFT_MSG_GETSETELEM = 13
// linux/netfilter/nf_tables.h: attributes
export const NFTA_LIST_ELEM = 1
export const NFTA_TABLE_NAME = 1
export const NFTA_CHAIN_TABLE = 1
export const NFTA_CHAIN_NAME = 3
export const NFTA_CHAIN_HOOK = 4
export const NFTA_CHAIN_POLICY = 5
export const NFTA_CHAIN_TYPE = 7
export const NFTA_HOOK_HOOKNUM = 1
export const NFTA_HOOK_PRIORITY = 2
export const NFTA_RULE_TABLE = 1
export const NFTA_RULE_CHAIN = 2
export const NFTA_RULE_EXPRESSIONS = 4
export const NFTA_EXPR_NAME = 1
export const NFTA_EXPR_DATA = 2
export const NFTA_DATA_VALUE = 1
export const NFTA_DATA_VERDICT = 2
export const NFTA_VERDICT_CODE = 1
export const NFTA_VERDICT_CHAIN = 2
export const NFTA_DUP_SREG_ADDR = 1
export const NFTA_DUP_SREG_DEV = 2
export const NFTA_IMMEDIATE_DREG = 1
export const NFTA_IMMEDIATE_DATA = 2
export const NFTA_PAYLOAD_DREG = 1
export const NFTA_PAYLOAD_BASE = 2
export const NFTA_PAYLOAD_OFFSET = 3
export const NFTA_PAYLOAD_LEN = 4
export const NFTA_CMP_SREG = 1
export const NFTA_CMP_OP = 2
export const NFTA_CMP_DATA = 3
export const NFTA_BITWISE_SREG = 1
export const NFTA_BITWISE_DREG = 2
export const NFTA_BITWISE_LEN = 3
export const NFTA_BITWISE_MASK = 4
export const NFTA_BITWISE_XOR = 5
export const NFTA_LOOKUP_SET = 1
export const NFTA_LOOKUP_SREG = 2
export const NFTA_META_DREG = 1
export const NFTA_META_KEY = 2
export const NFTA_SET_TABLE = 1
export const NFTA_SET_NAME = 2
export const NFTA_SET_FLAGS = 3
export const NFTA_SET_KEY_TYPE = 4
export const NFTA_SET_KEY_LEN = 5
export const NFTA_SET_ID = 10
export const NFTA_SET_ELEM_LIST_TABLE = 1
export const NFTA_SET_ELEM_LIST_SET = 2
export const NFTA_SET_ELEM_LIST_ELEMENTS = 3
export const NFTA_SET_ELEM_KEY = 1
// linux/netfilter/nf_tables.h: registers, payload bases, meta keys, verdicts, set flags
export const NFT_REG_VERDICT = 0
export const NFT_REG_1 = 1
export const NFT_REG_2 = 2
export const NFT_PAYLOAD_NETWORK_HEADER = 1
export const NFT_PAYLOAD_TRANSPORT_HEADER = 2
export const NFT_CMP_EQ = 0
export const NFT_META_IIF = 4
export const NFT_META_OIF = 5
export const NFT_META_IIFNAME = 6
export const NFT_META_OIFNAME = 7
export const NFT_META_L4PROTO = 16
/** NFT_GOTO, which is -4. */
export const NFT_GOTO = 0xffff_fffc
export const NFT_SET_CONSTANT = 2
// linux/netfilter.h
export const NF_DROP = 0
export const NF_ACCEPT = 1
export const NF_INET_LOCAL_IN = 1
export const NF_INET_LOCAL_OUT = 3
export const NFPROTO_IPV4 = 2
export const NFPROTO_IPV6 = 10

// asm-generic/errno-base.h, asm-generic/errno.h: what netlink answers with and we judge by.
export const EPERM = 1
export const ENOENT = 2
export const ESRCH = 3
export const EIO = 5
export const EAGAIN = 11
export const ENOMEM = 12
export const EEXIST = 17
export const ENODEV = 19
export const EINVAL = 22
export const ENOSPC = 28
export const ERANGE = 34
export const EMSGSIZE = 90
export const ENOPROTOOPT = 92
export const EOPNOTSUPP = 95
export const EAFNOSUPPORT = 97
export const ENOBUFS = 105
export const ECONNREFUSED = 111
