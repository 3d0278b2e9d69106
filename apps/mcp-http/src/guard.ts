/** The hosts and origins that may call this server besides loopback, checked against `Host` and `Origin`. */
export interface Guard {
  /** Lower-case host names, for any port. */
  readonly hosts: ReadonlySet<string>
  /** Full origins: `https://app.example:8443`, `vscode-webview://*` for every web view of an editor. */
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
export const denyReason = (headers: NodeJS.Dict<Array<string>>, guard: Guard): string | undefined => {
  // With several, a proxy in front may have read another one than this server.
  const host = only(headers["host"])
  const hostname = host === undefined ? undefined : hostnameOf(host)
  if (hostname === undefined || !(loopback.test(hostname) || guard.hosts.has(hostname))) {
    return "this Host is not allowed; the server's operator can add it to KLINGKIT_ALLOWED_HOSTS"
  }
  if (headers["origin"] === undefined) return undefined
  const origin = originOf(only(headers["origin"]) ?? "")
  const allowed =
    origin !== undefined &&
    (guard.origins.has(origin) ||
      guard.origins.has(origin.replace(/:\/\/.*/, "://*")) ||
      (isWeb.test(origin) && loopback.test(new URL(origin).hostname)))
  return allowed
    ? undefined
    : "this Origin is not allowed; the server's operator can add it to KLINGKIT_ALLOWED_ORIGINS"
}

const only = (values: ReadonlyArray<string> | undefined): string | undefined =>
  values?.length === 1 ? values[0] : undefined

export const isLoopback = (host: string): boolean => {
  const hostname = hostnameOf(host.includes(":") && !host.startsWith("[") ? `[${host}]` : host)
  return hostname !== undefined && loopback.test(hostname)
}

/**
 * The guard from two comma-separated lists, or the first entry that no request could ever match. The server's own public
 * origin is always allowed.
 */
export const readGuard = (
  hosts: string,
  origins: string,
  publicOrigin?: string
): Guard | { readonly invalid: string } => {
  const hostnames = split(hosts).map((text) => ({ text, value: allowedHost(text) }))
  const full = split(origins).map((text) => ({ text, value: originOf(text) }))
  const invalidHost = hostnames.find(({ value }) => value === undefined)
  if (invalidHost !== undefined) return { invalid: `KLINGKIT_ALLOWED_HOSTS: ${invalidHost.text} is not a host name` }
  const invalidOrigin = full.find(({ value }) => value === undefined)
  if (invalidOrigin !== undefined) {
    return {
      invalid: `KLINGKIT_ALLOWED_ORIGINS: ${invalidOrigin.text} is not an origin such as https://app.example or vscode-webview://*`
    }
  }
  const own = publicOrigin === undefined ? [] : [new URL(publicOrigin)]
  return {
    hosts: new Set([...valuesOf(hostnames), ...own.map(({ hostname }) => hostname)]),
    origins: new Set([...valuesOf(full), ...own.map(({ origin }) => origin)])
  }
}

const split = (text: string): ReadonlyArray<string> =>
  text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")

const isWeb = /^https?:/

/** What a `Host` header can name; a URL would also take `*` and `;`. */
const allowedHost = (text: string): string | undefined => {
  const hostname = hostnameOf(text)
  return hostname !== undefined && /^([a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(hostname) ? hostname : undefined
}

/**
 * An origin as browsers send it, in small letters; undefined for anything else. Web views have schemes of their own, and
 * often another host each time: `*` stands for it. On the web there is no such star, since any page could call then.
 */
const originOf = (text: string): string | undefined => {
  if (!isWeb.test(text.toLowerCase())) {
    const isOrigin =
      /^[a-z][a-z0-9+.-]*:\/\/([a-z0-9._-]+(:\d+)?|\*)\/?$/i.test(text) && !/^(file|wss?|ftp|data|blob):/i.test(text)
    return isOrigin ? text.toLowerCase().replace(/\/$/, "") : undefined
  }
  const url = URL.parse(text)
  const isOrigin = url !== null && url.pathname === "/" && url.username === "" && !/[?#@]/.test(text)
  return isOrigin && allowedHost(url.hostname) !== undefined ? url.origin : undefined
}

const valuesOf = (list: ReadonlyArray<{ readonly value: string | undefined }>): ReadonlyArray<string> =>
  list.flatMap(({ value }) => (value === undefined ? [] : [value]))
