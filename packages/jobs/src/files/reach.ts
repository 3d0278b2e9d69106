import ipaddr from "ipaddr.js"

/** Where files may be fetched from, beside https servers with public addresses. */
export interface Reach {
  /** Kling is an emulator on this machine, and so are its files. */
  readonly klingIsLocal: boolean
  /** Hosts that the operator trusts although they are in a private network: `mirror.example.com`, `*.example.com`, `10.0.0.8`. */
  readonly privateHosts: ReadonlyArray<string>
}

/** Names that lead into this machine or its network wherever they are resolved. */
const privateName = /^localhost$|\.(localhost|local|internal|home\.arpa)$/
const loopbackHost = /^(localhost|127(\.\d+){3}|::1)$/

/** What no operator can open up: a cloud machine's own secrets are served from link-local addresses. */
const neverTrusted = ["linkLocal", "unspecified", "multicast", "broadcast"]

/**
 * Why nothing is fetched from a URL, said of "its URL", or nothing. A server that names the results also names what this
 * machine would ask for: only https to public hosts is, and this machine itself only when Kling is an emulator on it.
 */
export const refuseUrl = (text: string, reach: Reach): string | undefined => {
  if (!URL.canParse(text)) return "is none"
  const { protocol, hostname, username, password } = new URL(text)
  if (username !== "" || password !== "") return "carries credentials"
  const host = plainHost(hostname)
  const isEmulator = reach.klingIsLocal && loopbackHost.test(host)
  if (protocol !== "https:" && !(protocol === "http:" && isEmulator)) return "is not https"
  if (ipaddr.isValid(host)) return refuseAddress(host, host, reach)
  return privateName.test(host) && !isEmulator && !isTrusted(host, reach) ? inPrivate : undefined
}

/** Why no connection to an address is opened that a host's name leads to, or nothing. */
export const refuseAddress = (host: string, address: string, reach: Reach): string | undefined => {
  if (!ipaddr.isValid(address)) return inPrivate
  const plain = unwrapped(ipaddr.process(address))
  const range: string = plain.range()
  if (range === "unicast" && isRouted(plain)) return undefined
  const name = plainHost(host)
  if (range === "loopback" && reach.klingIsLocal && loopbackHost.test(name)) return undefined
  return !neverTrusted.includes(range) && isTrusted(name, reach) ? undefined : inPrivate
}

const inPrivate = "points into a private network"

/** As `URL` writes a host, without the brackets of an IPv6 address and the dot of a full name. */
const plainHost = (hostname: string): string =>
  hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "")

const isTrusted = (host: string, { privateHosts }: Reach): boolean =>
  privateHosts.some((one) => (one.startsWith("*.") ? host.endsWith(one.slice(1)) : host === one))

type Address = ReturnType<typeof ipaddr.process>

/** Behind NAT64 a resolver gives IPv4 addresses as 64:ff9b::/96: what counts is the address inside. */
const unwrapped = (address: Address): Address =>
  address.range() === "rfc6052" &&
  address
    .toByteArray()
    .slice(4, 12)
    .every((byte) => byte === 0)
    ? ipaddr.fromByteArray(address.toByteArray().slice(-4))
    : address

/** Of IPv6 only 2000::/3 is given out; the rest is reserved, though it has no range of its own. */
const isRouted = (address: Address): boolean => address.kind() === "ipv4" || (address.toByteArray()[0] ?? 0) >> 5 === 1
