import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, it } from "vitest"
import { startHosted } from "./hosted-server.ts"

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
}

/** A collector of spans over HTTP. */
const startCollector = async () => {
  const bodies: Array<string> = []
  const server = createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8").on("data", (text: string) => (body += text))
    request.once("end", () => {
      if (request.url === "/v1/traces") bodies.push(body)
      response.writeHead(200, { "content-type": "application/json" }).end("{}")
    })
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    text: () => bodies.join("\n"),
    spans: () =>
      bodies.flatMap((body) =>
        (
          JSON.parse(body) as {
            readonly resourceSpans: ReadonlyArray<{
              readonly scopeSpans: ReadonlyArray<{ readonly spans: ReadonlyArray<Span> }>
            }>
          }
        ).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
      ),
    close: () => server.close()
  }
}

it("spans of a paid call belong to the trace of the client, down to Kling, without prompt and key", async () => {
  const collector = await startCollector()
  const hosted = await startHosted({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: "50" })
  const call = async (
    prompt: string,
    headers: Readonly<Record<string, string>>,
    meta: Readonly<Record<string, string>>
  ) => {
    const response = await fetch(hosted.url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", ...headers },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: "generate_video", arguments: { prompt }, _meta: meta }
      })
    })
    expect(await response.text()).toContain("kk-t2v-")
  }
  const [byHeader, byMeta] = ["a".repeat(32), "b".repeat(32)]
  await call("a lighthouse", { traceparent: `00-${byHeader}-${"1".repeat(16)}-01` }, {})
  await call("another lighthouse", {}, { traceparent: `00-${byMeta}-${"2".repeat(16)}-01` })
  const namesOf = (traceId: string) =>
    collector
      .spans()
      .filter((span) => span.traceId === traceId)
      .map(({ name }) => name)
  const ofCall = ["tools/call generate_video", "Jobs.submit", "Jobs.send", "Ledger.transition"]
  await expect
    .poll(() => namesOf(byHeader), { timeout: 20_000 })
    .toEqual(expect.arrayContaining(["POST /mcp", ...ofCall, expect.stringMatching(/^http.client POST|^POST/)]))
  await expect.poll(() => namesOf(byMeta), { timeout: 20_000 }).toEqual(expect.arrayContaining(ofCall))
  const root = collector.spans().find(({ name, traceId }) => name === "POST /mcp" && traceId === byHeader)
  expect(root?.parentSpanId).toBe("1".repeat(16))
  await hosted.close()
  expect(collector.text()).not.toMatch(/lighthouse/)
  expect(collector.text()).not.toContain(hosted.settings.KLINGAI_API_KEY)
  collector.close()
})

it("a server whose collector is named wrongly works without traces, and says so", async () => {
  const hosted = await startHosted({ OTEL_EXPORTER_OTLP_ENDPOINT: "no URL" })
  expect((await fetch(`${hosted.origin}/readyz`)).status).toBe(200)
  expect(hosted.stderr()).toContain("no traces are sent")
  await hosted.close()
})
