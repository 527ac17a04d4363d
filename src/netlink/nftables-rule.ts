import type { Writer } from './attribute.ts'
import {
  NFT_CMP_EQ,
  NFT_GOTO,
  NFT_PAYLOAD_NETWORK_HEADER,
  NFT_PAYLOAD_TRANSPORT_HEADER,
  NFT_REG_1,
  NFT_REG_2,
  NFT_REG_VERDICT,
  NFTA_BITWISE_DREG,
  NFTA_BITWISE_LEN,
  NFTA_BITWISE_MASK,
  NFTA_BITWISE_SREG,
  NFTA_BITWISE_XOR,
  NFTA_CMP_DATA,
  NFTA_CMP_OP,
  NFTA_CMP_SREG,
  NFTA_DATA_VALUE,
  NFTA_DATA_VERDICT,
  NFTA_DUP_SREG_ADDR,
  NFTA_DUP_SREG_DEV,
  NFTA_EXPR_DATA,
  NFTA_EXPR_NAME,
  NFTA_IMMEDIATE_DATA,
  NFTA_IMMEDIATE_DREG,
  NFTA_LIST_ELEM,
  NFTA_LOOKUP_SET,
  NFTA_LOOKUP_SREG,
  NFTA_META_DREG,
  NFTA_META_KEY,
  NFTA_PAYLOAD_BASE,
  NFTA_PAYLOAD_DREG,
  NFTA_PAYLOAD_LEN,
  NFTA_PAYLOAD_OFFSET,
  NFTA_VERDICT_CHAIN,
  NFTA_VERDICT_CODE,
} from './constants.ts'

/** One instruction of a rule of nf_tables; together they are run from left to right. */
export interface Expression {
  readonly name: 'payload' | 'cmp' | 'bitwise' | 'lookup' | 'meta' | 'counter' | 'dup' | 'immediate'
  readonly write: (writer: Writer) => void
}

/** Loads bytes of a header into a register. */
export function payload(header: 'network' | 'transport', offset: number, length: number): Expression {
  return {
    name: 'payload',
    write(writer) {
      writer.attributeBe32(NFTA_PAYLOAD_DREG, NFT_REG_1)
      writer.attributeBe32(NFTA_PAYLOAD_BASE, header === 'network' ? NFT_PAYLOAD_NETWORK_HEADER : NFT_PAYLOAD_TRANSPORT_HEADER)
      writer.attributeBe32(NFTA_PAYLOAD_OFFSET, offset)
      writer.attributeBe32(NFTA_PAYLOAD_LEN, length)
    },
  }
}

/** Goes on only if the register holds this. */
export function equals(value: Uint8Array): Expression {
  return {
    name: 'cmp',
    write(writer) {
      writer.attributeBe32(NFTA_CMP_SREG, NFT_REG_1)
      writer.attributeBe32(NFTA_CMP_OP, NFT_CMP_EQ)
      writeData(writer, NFTA_CMP_DATA, value)
    },
  }
}

export function masked(mask: Uint8Array): Expression {
  return {
    name: 'bitwise',
    write(writer) {
      writer.attributeBe32(NFTA_BITWISE_SREG, NFT_REG_1)
      writer.attributeBe32(NFTA_BITWISE_DREG, NFT_REG_1)
      writer.attributeBe32(NFTA_BITWISE_LEN, mask.length)
      writeData(writer, NFTA_BITWISE_MASK, mask)
      writeData(writer, NFTA_BITWISE_XOR, new Uint8Array(mask.length))
    },
  }
}

/** Goes on only if the set has what the registers hold from the first one on. */
export function isIn(set: string): Expression {
  return {
    name: 'lookup',
    write(writer) {
      writer.attributeText(NFTA_LOOKUP_SET, set)
      writer.attributeBe32(NFTA_LOOKUP_SREG, NFT_REG_1)
    },
  }
}

/** Loads what is known of a packet besides its bytes (NFT_META_*). */
export function meta(key: number, register: number): Expression {
  return {
    name: 'meta',
    write(writer) {
      writer.attributeBe32(NFTA_META_DREG, register)
      writer.attributeBe32(NFTA_META_KEY, key)
    },
  }
}

export const counter: Expression = { name: 'counter', write() {} }

/** Puts a number, in the machine's order, into the second register. */
export function number(value: Uint8Array): Expression {
  return {
    name: 'immediate',
    write(writer) {
      writer.attributeBe32(NFTA_IMMEDIATE_DREG, NFT_REG_2)
      writeData(writer, NFTA_IMMEDIATE_DATA, value)
    },
  }
}

/** Sends a copy to the address in the first register, by the interface in the second. */
export const duplicate: Expression = {
  name: 'dup',
  write(writer) {
    writer.attributeBe32(NFTA_DUP_SREG_ADDR, NFT_REG_1)
    writer.attributeBe32(NFTA_DUP_SREG_DEV, NFT_REG_2)
  },
}

/** NF_ACCEPT or NF_DROP. */
export function verdict(code: number): Expression {
  return immediate((writer) => writer.attributeBe32(NFTA_VERDICT_CODE, code))
}

export function goTo(chain: string): Expression {
  return immediate((writer) => {
    writer.attributeBe32(NFTA_VERDICT_CODE, NFT_GOTO)
    writer.attributeText(NFTA_VERDICT_CHAIN, chain)
  })
}

export function writeExpressions(writer: Writer, expressions: readonly Expression[]): void {
  for (const { name, write } of expressions) {
    const element = writer.open(NFTA_LIST_ELEM)
    writer.attributeText(NFTA_EXPR_NAME, name)
    const data = writer.open(NFTA_EXPR_DATA)
    write(writer)
    writer.close(data)
    writer.close(element)
  }
}

/** struct nft_data: a value. */
export function writeData(writer: Writer, type: number, value: Uint8Array): void {
  const nest = writer.open(type)
  writer.attributeBytes(NFTA_DATA_VALUE, value)
  writer.close(nest)
}

function immediate(writeVerdict: (writer: Writer) => void): Expression {
  return {
    name: 'immediate',
    write(writer) {
      writer.attributeBe32(NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT)
      const data = writer.open(NFTA_IMMEDIATE_DATA)
      const nest = writer.open(NFTA_DATA_VERDICT)
      writeVerdict(writer)
      writer.close(nest)
      writer.close(data)
    },
  }
}
