import type { PollHandle } from 'linux-syscalls'
import type { KernelObject } from '../core/reconcile/kinds.ts'
import {
  RTM_DELROUTE,
  RTM_DELRULE,
  RTM_NEWROUTE,
  RTM_NEWRULE,
  RTMGRP_IPV4_ROUTE,
  RTMGRP_IPV4_RULE,
  RTMGRP_IPV6_ROUTE,
  RTMGRP_IPV6_RULE,
} from '../netlink/constants.ts'
import type { Message } from '../netlink/message.ts'
import { drainNotifications } from '../netlink/notifications.ts'
import { readRoute, routeProtocol } from '../netlink/route/route.ts'
import { readRule } from '../netlink/route/rule.ts'
import { type NetlinkSocket, openNetlink, type ReceiveBuffer } from '../netlink/socket.ts'

const groups = RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE | RTMGRP_IPV4_RULE | RTMGRP_IPV6_RULE

export type RouteNotice =
  | { readonly kind: 'changed'; readonly change: 'added' | 'removed'; readonly object: KernelObject }
  /** Notifications were lost (ENOBUFS). */
  | { readonly kind: 'overrun' }

export interface RouteMonitorOptions {
  readonly onNotice: (notice: RouteNotice) => void
  readonly nameOf: (index: number) => string | undefined
  readonly receiveBuffer?: ReceiveBuffer
}

/**
 * Watches routes and rules, on a socket of its own and only while there are any of ours: a router with a million routes tells of
 * thousands of changes, and none of them may cost us a link or an address.
 */
export class RouteMonitor {
  readonly #options: RouteMonitorOptions
  #socket: NetlinkSocket | undefined
  #poll: PollHandle | undefined
  #protocols: ReadonlySet<number> = new Set()

  constructor(options: RouteMonitorOptions) {
    this.#options = options
  }

  /** What is ours, wanted now or not. Without a route or rule nothing is watched. */
  watch(named: readonly KernelObject[]): void {
    this.#protocols = new Set(named.flatMap((object) => (object.kind === 'route' ? object.protocol : [])))
    const isNeeded = named.some(({ kind }) => kind === 'route' || kind === 'rule')
    if (!isNeeded) this.close()
    else if (this.#socket === undefined) this.#open()
  }

  /** Tells what is waiting now. */
  drain(): void {
    if (this.#socket === undefined) return
    drainNotifications(this.#socket, {
      message: (message) => this.#tell(message),
      lost: () => this.#options.onNotice({ kind: 'overrun' }),
    })
  }

  ref(): void {
    this.#poll?.ref()
  }

  unref(): void {
    this.#poll?.unref()
  }

  close(): void {
    this.#poll?.close()
    this.#socket?.close()
    this.#poll = undefined
    this.#socket = undefined
  }

  /** Without it the surveys still find what changed, later. */
  #open(): void {
    const { receiveBuffer } = this.#options
    const socket = openNetlink({ protocol: 'route', groups, ...(receiveBuffer === undefined ? {} : { receiveBuffer }) })
    if (!socket.ok) return
    this.#socket = socket.value
    const poll = socket.value.onReadable(() => this.drain())
    if (typeof poll !== 'number') this.#poll = poll
  }

  #tell(message: Message): void {
    const object = this.#read(message)
    if (object === undefined) return
    const change = message.type === RTM_NEWROUTE || message.type === RTM_NEWRULE ? 'added' : 'removed'
    this.#options.onNotice({ kind: 'changed', change, object })
  }

  #read(message: Message): KernelObject | undefined {
    switch (message.type) {
      case RTM_NEWROUTE:
      case RTM_DELROUTE:
        return this.#protocols.has(routeProtocol(message) ?? -1) ? readRoute(message, this.#options) : undefined
      case RTM_NEWRULE:
      case RTM_DELRULE:
        return readRule(message)
      default:
        return undefined
    }
  }
}
