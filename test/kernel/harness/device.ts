import { programNamed } from '../../lab/program.ts'

const { VIPKEEPER_DEVICE } = process.env

/** The device under test: `VIPKEEPER_DEVICE=keepalived` proves the rows themselves against the real program. */
export const device = programNamed(VIPKEEPER_DEVICE ?? 'vipkeeper')
export const isKeepalived = device.name === 'keepalived'
