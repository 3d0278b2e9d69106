import { freshKling } from "../mcp/emulated-kling.ts"
import { startHttp } from "../mcp/server-process.ts"
import { startReverseProxy } from "./reverse-proxy.ts"

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
  const proxy = await startReverseProxy(() => inner)
  const { origin } = proxy
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
      proxy.close()
      await kling.close()
      return program.stderr
    }
  }
}
