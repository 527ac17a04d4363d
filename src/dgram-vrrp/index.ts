export * from './codec.ts'
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
