import type { SecureContext } from 'node:tls'
import { unreachable } from '../../base/assert.ts'
import type { CheckAttempt } from '../../core/check/config.ts'
import type { CheckEffect } from '../../core/check/events.ts'
import type { ProbeResult } from '../../core/check/probe.ts'
import { Scripts } from '../scripts.ts'
import { probeDns } from './dns.ts'
import { probeHttp } from './http.ts'
import { probeMisc } from './misc.ts'
import { probePing } from './ping.ts'
import { probeSmtp } from './smtp.ts'
import { probeTcp } from './tcp.ts'
import { probeUdp } from './udp.ts'

/** One attempt, without retry. Ends soon after the signal, with every socket closed; never rejects. */
export function probe(
  attempt: CheckAttempt,
  signal: AbortSignal,
  scripts: Scripts = new Scripts(),
  credentials?: SecureContext,
): Promise<ProbeResult> {
  switch (attempt.kind) {
    case 'TCP_CHECK':
      return probeTcp(attempt, signal)
    case 'HTTP_GET':
    case 'SSL_GET':
      return probeHttp(attempt, signal, credentials)
    case 'SMTP_CHECK':
      return probeSmtp(attempt, signal)
    case 'DNS_CHECK':
      return probeDns(attempt, signal)
    case 'UDP_CHECK':
      return probeUdp(attempt, signal)
    case 'PING_CHECK':
      return probePing(attempt, signal)
    case 'MISC_CHECK':
      return probeMisc(attempt, scripts, signal)
    default:
      return unreachable(attempt)
  }
}

export type ProbeEffect = Extract<CheckEffect, { kind: 'probe' | 'cancel-probe' }>

/** Performs the probes that core asks for and reports each result under its id; deadlines are core's, which cancels in time. */
export class Probes {
  readonly #running = new Map<number, AbortController>()
  readonly #scripts = new Scripts()
  /** `SSL`: what SSL_GET shows from now on. */
  credentials: SecureContext | undefined
  readonly #report: (id: number, result: ProbeResult) => void

  constructor(report: (id: number, result: ProbeResult) => void) {
    this.#report = report
  }

  get running(): number {
    return this.#running.size
  }

  perform(effect: ProbeEffect): void {
    switch (effect.kind) {
      case 'probe':
        void this.#run(effect.id, effect.attempt)
        return
      case 'cancel-probe':
        this.#running.get(effect.id)?.abort()
        this.#running.delete(effect.id)
    }
  }

  async #run(id: number, attempt: CheckAttempt): Promise<void> {
    const controller = new AbortController()
    this.#running.set(id, controller)
    const result = await probe(attempt, controller.signal, this.#scripts, this.credentials)
    if (this.#running.delete(id)) this.#report(id, result)
  }

  /** Abandons all that runs; done when no script is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const controller of this.#running.values()) controller.abort()
    this.#running.clear()
    await this.#scripts[Symbol.asyncDispose]()
  }
}
