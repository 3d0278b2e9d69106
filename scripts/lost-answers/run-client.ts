// The child process: one client, one call. Says how it ended and leaves, whatever timers the client has left behind.
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { ours, peers } from "./clients.ts"
import type { Outcome } from "./measure.ts"

const [name, version, url = "", folder = "", packages = ""] = process.argv.slice(2)

const load = async (module: string): Promise<unknown> => {
  // Resolved from inside the folder, as any program there would.
  const loader = (await import(pathToFileURL(join(packages, "load.mjs")).href)) as {
    load: (module: string) => Promise<unknown>
  }
  return loader.load(module)
}

const run = async (): Promise<Outcome> => {
  const client = [...peers, ...ours].find((one) => one.name === name && one.version === version)
  if (client === undefined) throw new Error(`there is no client ${name} ${version}`)
  const makeFilm = await client.program()
  try {
    await makeFilm({ url, folder, load })
    return { ended: "success", message: "" }
  } catch (error) {
    return { ended: "error", message: String(error) }
  }
}

process.send?.(await run(), () => process.exit())
