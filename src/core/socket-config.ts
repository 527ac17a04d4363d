/** Of a netlink socket: what the kernel may queue for us. */
export interface BufferSize {
  readonly bytes: number
  /** Beyond net.core.rmem_max too. */
  readonly force: boolean
}
