/** Who may talk to this server, by the names in a request's `Host` and `Origin`. Loopback may always. */
export interface Guard {
  /** Host names in lower case, for any port. */
  readonly hosts: ReadonlySet<string>
  /** Full origins: `https://app.example:8443`. */
  readonly origins: ReadonlySet<string>
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** `[::1]` for `[::1]:8787`; nothing when it is no host. */
const hostnameOf = (host: string): string | undefined => {
  const url = URL.parse(`http://${host}`)
  return url === null || url.username !== "" || url.pathname !== "/" || /[?#]/.test(host) ? undefined : url.hostname
}

/**
 * Why a request is turned away, or nothing. A page in a browser can reach a server on loopback by a name of its own
 * (DNS rebinding) or from its own origin; both headers are set by the browser, not by the page.
 */
export const refusalOf = (
  headers: { readonly host?: string | undefined; readonly origin?: string | undefined },
  guard: Guard
): string | undefined => {
  const hostname = headers.host === undefined ? undefined : hostnameOf(headers.host)
  if (hostname === undefined || !(loopback.test(hostname) || guard.hosts.has(hostname))) {
    return "this Host is not allowed; the server's operator can add it to KLINGKIT_ALLOWED_HOSTS"
  }
  if (headers.origin === undefined) return undefined
  const origin = URL.parse(headers.origin)
  const allowed =
    origin !== null &&
    /^https?:$/.test(origin.protocol) &&
    (loopback.test(origin.hostname) || guard.origins.has(origin.origin))
  return allowed
    ? undefined
    : "this Origin is not allowed; the server's operator can add it to KLINGKIT_ALLOWED_ORIGINS"
}

export const isLoopback = (host: string): boolean => {
  const hostname = hostnameOf(host.includes(":") && !host.startsWith("[") ? `[${host}]` : host)
  return hostname !== undefined && loopback.test(hostname)
}

/** The guard from two comma lists, or the first entry that is not what it should be. */
export const readGuard = (hosts: string, origins: string): Guard | { readonly wrong: string } => {
  const hostnames = listed(hosts).map((text) => ({ text, value: hostnameOf(text) }))
  const full = listed(origins).map((text) => ({ text, value: originOf(text) }))
  const wrongHost = hostnames.find(({ value }) => value === undefined)
  if (wrongHost !== undefined) return { wrong: `KLINGKIT_ALLOWED_HOSTS: ${wrongHost.text} is not a host name` }
  const wrongOrigin = full.find(({ value }) => value === undefined)
  if (wrongOrigin !== undefined) {
    return { wrong: `KLINGKIT_ALLOWED_ORIGINS: ${wrongOrigin.text} is not an origin such as https://app.example` }
  }
  return { hosts: valuesOf(hostnames), origins: valuesOf(full) }
}

const listed = (text: string): ReadonlyArray<string> =>
  text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "")

const originOf = (text: string): string | undefined => {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/" ? url.origin : undefined
}

const valuesOf = (list: ReadonlyArray<{ readonly value: string | undefined }>): ReadonlySet<string> =>
  new Set(list.flatMap(({ value }) => (value === undefined ? [] : [value])))
