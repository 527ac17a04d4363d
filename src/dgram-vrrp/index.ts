export * from './codec.ts'
export { nextId } from './datagram.ts'
export { createSocket } from './socket.ts'
export type {
  RemoteInfo,
  SendOptions,
  SocketError,
  SocketOptions,
  SocketType,
  VrrpSocket,
  VrrpSocketEvents,
} from './socket-interface.ts'
