import { readFileSync } from "node:fs"
import { createServer, type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

interface Csp {
  readonly connectDomains?: ReadonlyArray<string>
  readonly resourceDomains?: ReadonlyArray<string>
}

/** The CSP that a chat derives from a page's declaration (MCP Apps 2026-01-26, sandbox): everything else is blocked. */
const policyOf = ({ connectDomains = [], resourceDomains = [] }: Csp): string => {
  const sources = resourceDomains.join(" ")
  return [
    "default-src 'none'",
    `script-src 'unsafe-inline' ${sources}`,
    `style-src 'unsafe-inline' ${sources}`,
    `img-src ${sources || "'none'"}`,
    `media-src ${sources || "'none'"}`,
    `font-src ${sources || "'none'"}`,
    `connect-src ${connectDomains.join(" ") || "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'"
  ].join("; ")
}

const listening = async (listener: RequestListener) => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return { server, port: (server.address() as AddressInfo).port }
}

const close = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

/** A chat on one origin with an MCP server behind it, and its sandbox on another. `mcp` handles what is posted to `/mcp`. */
export const serveChat = async (mcp: RequestListener) => {
  const bundle = await rolldown({ input: here("host.ts"), platform: "browser" })
  const { output } = await bundle.generate({ format: "iife", codeSplitting: false })
  await bundle.close()
  const script = output[0].code
  const host = await listening((request, response) => {
    if (request.url === "/mcp") return mcp(request, response)
    const isScript = request.url === "/host.js"
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html; charset=utf-8")
    response.end(isScript ? script : readFileSync(here("host.html")))
  })
  const sandbox = await listening((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://sandbox")
    response.setHeader("content-security-policy", policyOf(JSON.parse(searchParams.get("csp") ?? "{}") as Csp))
    response.setHeader("content-type", "text/html; charset=utf-8")
    response.end(readFileSync(here("sandbox.html")))
  })
  return {
    url: `http://127.0.0.1:${host.port}`,
    sandboxUrl: `http://localhost:${sandbox.port}`,
    close: async () => {
      await Promise.all([close(host.server), close(sandbox.server)])
    }
  }
}
