export { addressFromBytes, addressToBytes, type Family } from './address.ts'
export {
  type Advertisement,
  type ChecksumForm,
  type Decoded,
  decode,
  type Envelope,
  encode,
  VRRP_GROUP4,
  VRRP_GROUP6,
  VRRP_PROTOCOL,
} from './advertisement.ts'
export { encodeGratuitousArp } from './arp.ts'
export { AUTH_TYPES, equalBytes, passwordField } from './authentication.ts'
export {
  AH_PROTOCOL,
  type AuthenticationHeader,
  decodeAuthenticationHeader,
  encodeSealedIpv4,
  isAuthentic,
  type Seal,
} from './authentication-header.ts'
export { decodeIpv4, encodeIpv4, INTERNETWORK_CONTROL, type Ipv4Header } from './ipv4.ts'
export { encodeNeighbourAdvertisement } from './ndp.ts'
export type { DecodeError, Result } from './result.ts'
export {
  compareStamps,
  isSigned,
  nextStamp,
  SIGNATURE_SIZE,
  SIGNATURE_TYPE,
  type Signature,
  type Stamp,
  stampMillis,
  type Trailer,
} from './signature.ts'
