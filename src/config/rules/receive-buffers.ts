import type { BufferSize } from '../../core/socket-config.ts'
import type { ReceiveBufferRule } from '../../core/vrrp/config.ts'
import type { Context } from '../context.ts'
import type { InstanceDraft } from '../keywords/vrrp-instance.ts'

/** `..._rcv_bufs` and its `_force`, under the name that it has in the configuration; 0 leaves it as it is. */
export function bufferOf<Name extends string>(name: Name, bytes = 0, force = false): { readonly [name in Name]?: BufferSize } {
  return bytes === 0 ? {} : ({ [name]: { bytes, force } } as { readonly [name in Name]: BufferSize })
}

/** `kernel_rx_buf_size`, else what `vrrp_rx_bufs_policy` says; undefined leaves it to the kernel. */
export function resolveReceiveBuffer({ kernel_rx_buf_size: own = 0 }: InstanceDraft, { parsed }: Context): ReceiveBufferRule | undefined {
  if (own > 0) return { kind: 'bytes', bytes: own }
  const { vrrp_rx_bufs_policy: policy = 0, vrrp_rx_bufs_multiplier: times = 3 } = parsed.global
  if (typeof policy === 'string') return { kind: policy, times }
  return policy === 0 ? undefined : { kind: 'bytes', bytes: policy }
}
