/** Addresses of this machine and of private networks, as a URL writes them; its parser has made every spelling plain. */
const privateHosts = [
  /^localhost$/,
  /\.(localhost|local|internal|home\.arpa)$/,
  /^(0|10|127)\./,
  /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./,
  /^169\.254\./,
  /^172\.(1[6-9]|2\d|3[01])\./,
  /^192\.168\./,
  /^(22[4-9]|2[3-5]\d)\./,
  // IPv6 by number: only what is routed in public may be fetched by it.
  /^\[(?!2[0-9a-f]{3}:|3[0-9a-f]{3}:)/,
  // Ways to write an IPv4 address inside an IPv6 one.
  /^\[(2002:|64:ff9b:)/
]

const loopbackHosts = /^(localhost|127(\.\d+){3}|\[::1\])$/

/**
 * Why a result's URL is not fetched, or nothing. A server that names the results also names what this machine would ask
 * for: only https to public hosts is, and this machine itself only when Kling is an emulator on it.
 */
export const refuseResultUrl = (text: string, klingIsLocal: boolean): string | undefined => {
  if (!URL.canParse(text)) return "Kling names a result by something that is no URL"
  const { protocol, hostname, username, password } = new URL(text)
  const host = hostname.replace(/\.$/, "")
  if (username !== "" || password !== "") return "the result's URL carries credentials"
  if (loopbackHosts.test(host)) return klingIsLocal ? undefined : "the result's URL points at this machine"
  if (protocol !== "https:") return "the result's URL is not https"
  return privateHosts.some((pattern) => pattern.test(host))
    ? "the result's URL points into a private network"
    : undefined
}
