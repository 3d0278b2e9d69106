import { createServer, request } from "node:http"
import type { AddressInfo } from "node:net"

/** Kling's words: everything that people there, or other users, may have written. */
const words = /(name|desc|description|message|msg|prompt|title|remark)$/

/** The outermost list grows to this length; those inside of its entries stay, or there would be no end of it. */
const entriesOfList = 400

/** Makes every list longer and every text hostile; states, ids and addresses stay. */
export const swollenWith =
  (hostileText: string) =>
  (answer: unknown): unknown => {
    const swollen = (value: unknown, key = "", inList = false): unknown => {
      if (typeof value === "string") return words.test(key) && value !== "SUCCEED" ? hostileText : value
      if (Array.isArray(value)) {
        const inner = value.map((one) => swollen(one, key, true))
        const grows = !inList && inner.some((one) => typeof one === "object" && one !== null)
        return grows ? Array.from({ length: entriesOfList }, (_, index) => inner[index % inner.length]) : inner
      }
      if (typeof value !== "object" || value === null) return value
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, swollen(one, name, inList)]))
    }
    return swollen(answer)
  }

/** A Kling that somebody has taken over: it stands in front of the emulator and changes its answers. */
export const hostileKling = async (target: string, change: (answer: unknown) => unknown) => {
  const server = createServer((asked, response) => {
    const { method, headers } = asked
    const onward = request(new URL(asked.url ?? "/", target), { method, headers }, (answer) => {
      const type = answer.headers["content-type"] ?? ""
      response.writeHead(answer.statusCode ?? 502, { "content-type": type })
      if (!type.includes("json")) return answer.pipe(response)
      let text = ""
      return answer
        .setEncoding("utf8")
        .on("data", (chunk: string) => (text += chunk))
        .on("end", () => response.end(JSON.stringify(change(JSON.parse(text)))))
    })
    asked.pipe(onward)
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
