import type { Names } from '../../../src/admin/ipvs/names.ts'
import { ip } from '../../support/kernel-objects.ts'

/** A world with one host and a few services. */
export const names: Names = {
  addressOf: async (name) => (name === 'web' ? ip('192.0.2.7') : undefined),
  nameOf: async (address) => (address === '192.0.2.7' ? 'web' : undefined),
  portOf: (name, protocol) => (name === 'http' && protocol === 'TCP' ? 80 : name === 'domain' && protocol === 'UDP' ? 53 : undefined),
  serviceOf: (port, protocol) => (port === 80 && protocol === 'TCP' ? 'http' : port === 53 && protocol === 'UDP' ? 'domain' : undefined),
}
