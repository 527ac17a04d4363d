import { constants, fstatSync, openSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { AF_UNIX, close, connect, SOCK_DGRAM, sendmsg, sockaddrUn, socket } from 'linux-syscalls'

/** Where lines end. `write` never blocks; `done` is called once the text is out, or given up for good. */
export interface LogSink {
  readonly form: 'text' | 'syslog'
  write(text: string, done: () => void): void
}

/** While a sink does not take more, it is asked again after so many milliseconds; an idle log asks nothing. */
const RETRY_MS = 50

/** Standard error, whatever it is: a terminal, a pipe, a file, or the journal's socket. */
export function consoleSink(fd: number): LogSink {
  let status: ReturnType<typeof fstatSync>
  try {
    status = fstatSync(fd)
  } catch {
    return { form: 'text', write: (_, done) => done() }
  }
  if (status.isSocket()) return socketSink(fd)
  // A file does not block, and another description would have a place of its own in it.
  return descriptorSink(status.isFile() ? fd : reopened(fd))
}

/** A description of our own, so that non-blocking is not forced upon others that share the descriptor. */
function reopened(fd: number): number {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    return fd
  }
}

function descriptorSink(fd: number): LogSink {
  const write = (bytes: Uint8Array, done: () => void): void => {
    let rest = bytes
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
        const left = rest
        setTimeout(() => write(left, done), RETRY_MS)
        return
      }
      // A full disk or a closed pipe: this line is lost, the next may do better.
    }
    done()
  }
  return { form: 'text', write: (text, done) => write(Buffer.from(text), done) }
}

function socketSink(fd: number): LogSink {
  const stream = new Socket({ fd, readable: false, writable: true })
  stream.on('error', () => undefined)
  stream.unref()
  return { form: 'text', write: (text, done) => void stream.write(text, () => done()) }
}

/** Datagrams to the system's log. If nobody listens, lines are dropped and the address is tried again for each. */
export function syslogSink(path: string): LogSink {
  let fd = -1
  const send = (bytes: Uint8Array, attempt: 'first' | 'again', done: () => void): void => {
    if (fd < 0) fd = connected(path)
    if (fd < 0) {
      done()
      return
    }
    const status = sendmsg(fd, { data: bytes })
    if (status === -EAGAIN) {
      setTimeout(() => send(bytes, attempt, done), RETRY_MS)
      return
    }
    if (status < 0) {
      // The log daemon was started anew: its old socket refuses us.
      close(fd)
      fd = -1
      if (attempt === 'first') {
        send(bytes, 'again', done)
        return
      }
    }
    done()
  }
  return { form: 'syslog', write: (text, done) => send(Buffer.from(text), 'first', done) }
}

const EAGAIN = 11

function connected(path: string): number {
  const fd = socket(AF_UNIX, SOCK_DGRAM, 0)
  if (fd < 0) return fd
  const status = connect(fd, sockaddrUn(path))
  if (status === 0) return fd
  close(fd)
  return status
}
