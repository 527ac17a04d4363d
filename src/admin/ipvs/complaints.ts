import {
  EAFNOSUPPORT,
  EAGAIN,
  EEXIST,
  EINVAL,
  EIO,
  EMSGSIZE,
  ENOBUFS,
  ENODEV,
  ENOENT,
  ENOMEM,
  ENOPROTOOPT,
  ENOSPC,
  EOPNOTSUPP,
  EPERM,
  ERANGE,
  ESRCH,
} from '../../netlink/constants.ts'
import type { IpvsRequest } from './request.ts'

type Said = ReadonlyMap<number, string>

const ADDING_SERVICE: Said = new Map([
  [EEXIST, 'Service already exists'],
  [ENOENT, 'Scheduler or persistence engine not found'],
])
const CHANGING_SERVICE: Said = new Map([
  [ESRCH, 'No such service'],
  [ENOENT, 'Scheduler or persistence engine not found'],
])
const SERVICE: Said = new Map([[ESRCH, 'No such service']])
const ADDING_SERVER: Said = new Map([
  [ESRCH, 'Service not defined'],
  [EEXIST, 'Destination already exists'],
])
const SERVER: Said = new Map([
  [ESRCH, 'Service not defined'],
  [ENOENT, 'No such destination'],
])

/** What an errno means for one command. */
const SPECIAL: Readonly<Partial<Record<IpvsRequest['kind'], Said>>> = {
  'add-service': ADDING_SERVICE,
  'edit-service': CHANGING_SERVICE,
  'delete-service': SERVICE,
  zero: SERVICE,
  list: SERVICE,
  'add-server': ADDING_SERVER,
  'edit-server': SERVER,
  'delete-server': SERVER,
  'start-daemon': new Map([[EEXIST, 'Daemon has already run']]),
  'stop-daemon': new Map([[ESRCH, 'No daemon is running']]),
}

const GENERAL: Said = new Map([
  [EPERM, 'Permission denied (you must be root)'],
  [ENOENT, 'No such file or directory'],
  [ESRCH, 'No such process'],
  [EIO, 'Input/output error'],
  [EAGAIN, 'Resource temporarily unavailable'],
  [ENOMEM, 'Memory allocation problem'],
  [EEXIST, 'File exists'],
  [ENODEV, 'No such device'],
  [EINVAL, 'Invalid operation.  Possibly wrong module version, address not unicast, ...'],
  [ENOSPC, 'No space left on device'],
  [ERANGE, 'Numerical result out of range'],
  [EMSGSIZE, 'Module is wrong version'],
  [ENOPROTOOPT, 'Protocol not available'],
  [EOPNOTSUPP, 'Operation not supported with IPv6'],
  [EAFNOSUPPORT, 'Operation not supported with specified address family'],
  [ENOBUFS, 'No buffer space available'],
])

/** ipvsadm's sentence for what the kernel answered; undefined stands for the start, before any command. */
export function complaint(kind: IpvsRequest['kind'] | undefined, errno: number): string {
  return (kind === undefined ? undefined : SPECIAL[kind]?.get(errno)) ?? GENERAL.get(errno) ?? `Unknown error ${errno}`
}
