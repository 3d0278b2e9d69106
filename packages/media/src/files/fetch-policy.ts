import ipaddr from "ipaddr.js"

/** Where files may be fetched from (SSRF guard), besides https servers with public addresses. */
export interface FetchPolicy {
  /** Kling is an emulator on this machine, which also serves the files. */
  readonly klingIsLocal: boolean
  /** Hosts in private networks that the operator trusts: `mirror.example.com`, `*.example.com`, `10.0.0.8`. */
  readonly privateHosts: ReadonlyArray<string>
}

/** Names of this machine or its network, whatever they resolve to. */
const privateName = /^localhost$|\.(localhost|local|internal|home\.arpa)$/
const loopbackHost = /^(localhost|127(\.\d+){3}|::1)$/

/** Ranges that no setting allows: cloud metadata services hand out credentials on link-local addresses. */
const neverTrusted = ["linkLocal", "unspecified", "multicast", "broadcast"]

/** Why the policy denies a URL. */
export type DenyReason = "Invalid" | "Credentials" | "NotHttps" | "PrivateNetwork"

/** Each reason as a predicate of "its URL". */
export const denyTexts: Readonly<Record<DenyReason, string>> = {
  Invalid: "is not valid",
  Credentials: "contains credentials",
  NotHttps: "is not https",
  PrivateNetwork: "points into a private network"
}

/**
 * Why the policy denies a URL, or undefined. Result URLs come from a server and are
 * untrusted: only https to public hosts passes, and loopback only if Kling is an emulator on this machine.
 */
export const denyUrl = (text: string, policy: FetchPolicy): DenyReason | undefined => {
  if (!URL.canParse(text)) return "Invalid"
  const { protocol, hostname, username, password } = new URL(text)
  if (username !== "" || password !== "") return "Credentials"
  const host = plainHost(hostname)
  const isEmulator = policy.klingIsLocal && loopbackHost.test(host)
  if (protocol !== "https:" && !(protocol === "http:" && isEmulator)) return "NotHttps"
  if (ipaddr.isValid(host)) return denyAddress(host, host, policy)
  return privateName.test(host) && !isEmulator && !isTrusted(host, policy) ? "PrivateNetwork" : undefined
}

/** Why the policy denies an address that a host name resolves to, or undefined. */
export const denyAddress = (host: string, address: string, policy: FetchPolicy): DenyReason | undefined => {
  if (!ipaddr.isValid(address)) return "PrivateNetwork"
  const plain = unwrapNat64(ipaddr.process(address))
  const range: string = plain.range()
  if (range === "unicast" && isRouted(plain)) return undefined
  const name = plainHost(host)
  if (range === "loopback" && policy.klingIsLocal && loopbackHost.test(name)) return undefined
  return !neverTrusted.includes(range) && isTrusted(name, policy) ? undefined : "PrivateNetwork"
}

/** A URL's host without IPv6 brackets and without the trailing dot of a fully qualified name. */
const plainHost = (hostname: string): string =>
  hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "")

const isTrusted = (host: string, { privateHosts }: FetchPolicy): boolean =>
  privateHosts.some((pattern) => (pattern.startsWith("*.") ? host.endsWith(pattern.slice(1)) : host === pattern))

type Address = ReturnType<typeof ipaddr.process>

/** Behind NAT64, IPv4 addresses resolve as 64:ff9b::/96: the embedded address counts. */
const unwrapNat64 = (address: Address): Address =>
  address.range() === "rfc6052" &&
  address
    .toByteArray()
    .slice(4, 12)
    .every((byte) => byte === 0)
    ? ipaddr.fromByteArray(address.toByteArray().slice(-4))
    : address

/** IANA allocates IPv6 addresses from 2000::/3 only; the rest is reserved, though ipaddr.js gives it no range. */
const isRouted = (address: Address): boolean => address.kind() === "ipv4" || (address.toByteArray()[0] ?? 0) >> 5 === 1
