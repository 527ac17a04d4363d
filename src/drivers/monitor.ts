import type { PollHandle } from 'linux-syscalls'
import { fail, ok, type Result } from '../base/result.ts'
import type { InterfaceAddress, LinkEvent } from '../core/links.ts'
import { Connection } from '../netlink/connection.ts'
import {
  IFA_F_DADFAILED,
  IFA_F_SECONDARY,
  IFA_F_TENTATIVE,
  RTM_DELADDR,
  RTM_DELLINK,
  RTM_NEWADDR,
  RTM_NEWLINK,
  RTMGRP_IPV4_IFADDR,
  RTMGRP_IPV6_IFADDR,
  RTMGRP_LINK,
} from '../netlink/constants.ts'
import type { Message } from '../netlink/message.ts'
import { drainNotifications } from '../netlink/notifications.ts'
import { listAddresses, type RouteAddress, readAddress } from '../netlink/route/address.ts'
import { listLinks, readLink } from '../netlink/route/link.ts'
import { type NetlinkSocket, openNetlink, type ReceiveBuffer } from '../netlink/socket.ts'

const groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR

/** Watches links and addresses. All that happens reaches `onEvent`, within `start` and `drain` or when the loop finds the socket readable. */
export class Monitor {
  readonly #notifications: NetlinkSocket
  readonly #requests: Connection
  readonly #onEvent: (event: LinkEvent) => void
  #poll: PollHandle | undefined
  #overrun = false

  private constructor(notifications: NetlinkSocket, requests: Connection, onEvent: (event: LinkEvent) => void) {
    this.#notifications = notifications
    this.#requests = requests
    this.#onEvent = onEvent
  }

  /** The error is a positive errno. Nothing is told before `start`. */
  static open(onEvent: (event: LinkEvent) => void, receiveBuffer?: ReceiveBuffer): Result<Monitor, number> {
    const notifications = openNetlink({ protocol: 'route', groups, ...(receiveBuffer === undefined ? {} : { receiveBuffer }) })
    if (!notifications.ok) return notifications
    const requests = openNetlink({ protocol: 'route' })
    if (requests.ok) return ok(new Monitor(notifications.value, new Connection(requests.value), onEvent))
    notifications.value.close()
    return fail(requests.error)
  }

  /** Tells `links-known`, then every change. Subscribed before the first look, so that nothing falls between the two. */
  start(): void {
    this.#survey()
    const poll = this.#notifications.onReadable(() => this.drain())
    if (typeof poll !== 'number') this.#poll = poll
  }

  /** Tells what is waiting now. Lost notifications (ENOBUFS) and a failed survey end in `links-known`. */
  drain(): void {
    drainNotifications(this.#notifications, {
      // What is older than the survey to come would only be confusing.
      message: (message) => (this.#overrun ? undefined : this.#tell(message)),
      lost: () => {
        this.#overrun = true
      },
    })
    if (this.#overrun) this.#survey()
  }

  ref(): void {
    this.#poll?.ref()
  }

  unref(): void {
    this.#poll?.unref()
  }

  close(): void {
    this.#poll?.close()
    this.#notifications.close()
    this.#requests.close()
  }

  #survey(): void {
    const links = this.#requests.dump(listLinks)
    const addresses = links.ok ? this.#requests.dump(listAddresses) : links
    // Left as an overrun: the next drain tries again.
    this.#overrun = !links.ok || !addresses.ok
    if (!links.ok || !addresses.ok) return
    this.#onEvent({
      kind: 'links-known',
      links: links.value.flatMap((message) => readLink(message) ?? []),
      addresses: addresses.value.flatMap((message) => toInterfaceAddress(readAddress(message)) ?? []),
    })
  }

  #tell(message: Message): void {
    const event = readEvent(message)
    if (event !== undefined) this.#onEvent(event)
  }
}

/** Undefined for messages that tell of neither a link nor an address. */
export function readEvent(message: Message): LinkEvent | undefined {
  switch (message.type) {
    case RTM_NEWLINK: {
      const link = readLink(message)
      return link === undefined ? undefined : { kind: 'link', link }
    }
    case RTM_DELLINK: {
      const link = readLink(message)
      return link === undefined ? undefined : { kind: 'link-removed', index: link.index, name: link.name }
    }
    case RTM_NEWADDR:
    case RTM_DELADDR: {
      const address = toInterfaceAddress(readAddress(message))
      return address === undefined ? undefined : { kind: message.type === RTM_NEWADDR ? 'address-added' : 'address-removed', address }
    }
    default:
      return undefined
  }
}

function toInterfaceAddress(address: RouteAddress | undefined): InterfaceAddress | undefined {
  if (address === undefined) return undefined
  const { index, prefix, scope, flags } = address
  return {
    index,
    prefix,
    scope,
    secondary: (flags & IFA_F_SECONDARY) !== 0,
    tentative: (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) !== 0,
  }
}
