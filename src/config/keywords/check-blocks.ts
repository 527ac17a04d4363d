import type { Parsed } from '../parsed.ts'
import type { Table } from '../schema.ts'
import { sslBlock } from './ssl.ts'
import { virtualServerBlock } from './virtual-server.ts'
import { virtualServerGroup } from './virtual-server-group.ts'

/** The root keywords that belong to the checker process alone; their draft is `parsed.check`. */
export const checkBlocks: Table<Parsed['check']> = {
  SSL: sslBlock({ since: '<=1.0.0', build: 'LVS', acted: true }),
  virtual_server_group: virtualServerGroup({ since: '1.0.2', build: 'LVS', acted: true }),
  virtual_server: virtualServerBlock({ since: '<=1.0.0', build: 'LVS', acted: true }),
}
