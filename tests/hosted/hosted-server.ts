import { once } from "node:events"
import { createServer, request } from "node:http"
import type { AddressInfo } from "node:net"
import { freshKling } from "../mcp/emulated-kling.ts"
import { startHttp } from "../mcp/server-process.ts"

interface StartOptions {
  readonly args?: ReadonlyArray<string>
  readonly kling?: Awaited<ReturnType<typeof freshKling>>
}

type Settings = Readonly<Record<string, string>>

/** The built server behind a reverse proxy, whose address is the public one, with an emulated Kling. */
export const startHosted = async (
  env: Settings | ((origin: string) => Promise<Settings>),
  { args = [], kling: given }: StartOptions = {}
) => {
  const kling = given ?? (await freshKling())
  let inner = ""
  const proxy = createServer((incoming, outgoing) => {
    const { method = "GET", headers, url = "/" } = incoming
    const forwarded = request(new URL(url, inner), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    forwarded.once("error", () => outgoing.destroy())
    outgoing.once("close", () => forwarded.destroy())
    incoming.pipe(forwarded)
  })
  proxy.listen(0, "127.0.0.1")
  await once(proxy, "listening")
  const origin = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const settings = {
    ...kling.env,
    KLINGKIT_PUBLIC_URL: origin,
    ...(typeof env === "function" ? await env(origin) : env)
  }
  const { program, url } = await startHttp(settings, args)
  inner = url
  return {
    kling,
    settings,
    origin,
    url: `${origin}/mcp`,
    /** What it has logged so far. */
    stderr: () => program.stderr,
    says: (pattern: RegExp) => program.says(pattern),
    /** The process ends at once, as if its machine did. */
    kill: () => program.child.kill("SIGKILL"),
    /** Its address behind the proxy. */
    inner: () => inner,
    close: async () => {
      program.child.kill("SIGTERM")
      await program.ended
      proxy.closeAllConnections()
      proxy.close()
      await kling.close()
      return program.stderr
    }
  }
}
