/** The hosts and origins that may call this server besides loopback, checked against `Host` and `Origin`. */
export interface Guard {
  /** Lower-case host names, for any port. */
  readonly hosts: ReadonlySet<string>
  /** Full origins: `https://app.example:8443`. */
  readonly origins: ReadonlySet<string>
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** `[::1]` for `[::1]:8787`; undefined when it is not a valid host. */
const hostnameOf = (host: string): string | undefined => {
  const url = URL.parse(`http://${host}`)
  return url === null || url.username !== "" || url.pathname !== "/" || /[?#]/.test(host) ? undefined : url.hostname
}

/**
 * Why a request is refused, or undefined. A page in a browser can call a loopback server through its own host name
 * (DNS rebinding) or from its own origin. The browser sets both headers, not the page.
 */
export const denyReason = (
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

/** The guard from two comma-separated lists, or the first invalid entry. */
export const readGuard = (hosts: string, origins: string): Guard | { readonly invalid: string } => {
  const hostnames = split(hosts).map((text) => ({ text, value: hostnameOf(text) }))
  const full = split(origins).map((text) => ({ text, value: originOf(text) }))
  const invalidHost = hostnames.find(({ value }) => value === undefined)
  if (invalidHost !== undefined) return { invalid: `KLINGKIT_ALLOWED_HOSTS: ${invalidHost.text} is not a host name` }
  const invalidOrigin = full.find(({ value }) => value === undefined)
  if (invalidOrigin !== undefined) {
    return { invalid: `KLINGKIT_ALLOWED_ORIGINS: ${invalidOrigin.text} is not an origin such as https://app.example` }
  }
  return { hosts: valuesOf(hostnames), origins: valuesOf(full) }
}

const split = (text: string): ReadonlyArray<string> =>
  text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")

const originOf = (text: string): string | undefined => {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/" ? url.origin : undefined
}

const valuesOf = (list: ReadonlyArray<{ readonly value: string | undefined }>): ReadonlySet<string> =>
  new Set(list.flatMap(({ value }) => (value === undefined ? [] : [value])))
