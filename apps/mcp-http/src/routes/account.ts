import { accountPath, type PageAnswer, type PageRequest } from "@klingkit/hosting"
import { readBody } from "../read-body.ts"
import type { Route } from "../route.ts"

/** A form with two keys is a fraction of it. */
const maxBytes = 16 * 1024

/** The account page, at `/account` and below it. */
export const accountRoute = (answer: (request: PageRequest) => Promise<PageAnswer>): Route => ({
  path: accountPath,
  below: true,
  serve: async (request, response, path) => {
    const { method = "GET", url = "", headers } = request
    const isForm = headers["content-type"]?.split(";", 1)[0] === "application/x-www-form-urlencoded"
    const body = method === "POST" && isForm ? await readBody(request, maxBytes) : new Uint8Array()
    if (body === undefined) return void response.writeHead(413).end()
    const page = await answer({
      method,
      path,
      query: new URL(url, "http://page").searchParams,
      headers: { cookie: headers.cookie, origin: headers.origin },
      form: new URLSearchParams(new TextDecoder().decode(body))
    })
    for (const [name, value] of Object.entries(page.headers)) response.setHeader(name, value)
    response.writeHead(page.status).end(method === "HEAD" ? undefined : page.body)
  }
})
