/** What a browser does on the account page, with its cookies; each answer can be examined. */
export class AccountVisitor {
  readonly #origin: string
  readonly cookies = new Map<string, string>()

  constructor(origin: string) {
    this.#origin = origin
  }
  async request(path: string, init: RequestInit = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ")
    const headers = { cookie, ...(init.headers as Readonly<Record<string, string>> | undefined) }
    const response = await fetch(new URL(path, this.#origin), { redirect: "manual", ...init, headers })
    const setCookies = response.headers.getSetCookie()
    for (const line of setCookies) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/Max-Age=0/.test(line)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    const { status, headers: received } = response
    return { status, headers: received, setCookies, text: await response.text() }
  }
  page() {
    return this.request("/account")
  }
  /** Sends a form as the page itself does, but for what is given. */
  async send(
    name: string,
    fields: Readonly<Record<string, string>>,
    { origin = this.#origin, token }: { readonly origin?: string | undefined; readonly token?: string } = {}
  ) {
    const shown = /name="token" value="([^"]+)"/.exec((await this.page()).text)?.[1]
    return this.request(`/account/${name}`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...(origin === "" ? {} : { origin }) },
      body: new URLSearchParams({ token: token ?? shown ?? "", ...fields }).toString()
    })
  }
  signIn(key: string) {
    return this.send("sign-in", { access_key: key })
  }
}
