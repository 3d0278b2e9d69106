import { createServer, request } from "node:http"
import type { AddressInfo } from "node:net"

/** Fields with text that Kling's staff or other users may have written. */
const textFields = /(name|desc|description|message|msg|prompt|title|remark)$/

/** The outermost list grows to this length; nested lists keep theirs. */
const listLength = 400

/** Makes every list huge and every text hostile; statuses, ids and URLs stay. */
export const withHostileText =
  (hostileText: string) =>
  (answer: unknown): unknown => {
    const rewrite = (value: unknown, key = "", inList = false): unknown => {
      if (typeof value === "string") return textFields.test(key) && value !== "SUCCEED" ? hostileText : value
      if (Array.isArray(value)) {
        const inner = value.map((item) => rewrite(item, key, true))
        const grows = !inList && inner.some((item) => typeof item === "object" && item !== null)
        return grows ? Array.from({ length: listLength }, (_, index) => inner[index % inner.length]) : inner
      }
      if (typeof value !== "object" || value === null) return value
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, rewrite(item, name, inList)]))
    }
    return rewrite(answer)
  }

/** A compromised Kling: a proxy in front of the emulator that rewrites its responses. */
export const hostileKling = async (target: string, change: (answer: unknown) => unknown) => {
  const server = createServer((incoming, response) => {
    const { method, headers } = incoming
    const forwarded = request(new URL(incoming.url ?? "/", target), { method, headers }, (answer) => {
      const type = answer.headers["content-type"] ?? ""
      response.writeHead(answer.statusCode ?? 502, { "content-type": type })
      if (!type.includes("json")) return answer.pipe(response)
      let text = ""
      return answer
        .setEncoding("utf8")
        .on("data", (chunk: string) => (text += chunk))
        .on("end", () => response.end(JSON.stringify(change(JSON.parse(text)))))
    })
    incoming.pipe(forwarded)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    }
  }
}
