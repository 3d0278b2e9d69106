/** Follows redirects as a browser does, with cookies, until one leaves for `callback`; returns where that one leads. */
export const followTo = async (from: URL, callback: string): Promise<URL> => {
  const cookies = new Map<string, string>()
  let url = from
  for (let hop = 0; hop < 20; hop++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ")
    const response = await fetch(url, { redirect: "manual", headers: { cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get("location")
    if (location === null) throw new Error(`${url.href} answered ${response.status}: ${await response.text()}`)
    url = new URL(location, url)
    if (url.href.startsWith(callback)) return url
  }
  throw new Error("too many redirects")
}
