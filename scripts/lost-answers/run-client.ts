// The child process: makes one call with one client, reports the outcome and exits, even if the client left timers.
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { ours, peers } from "./clients.ts"
import type { Outcome } from "./measure.ts"

const [name, version, url = "", folder = "", packages = ""] = process.argv.slice(2)

const load = async (module: string): Promise<unknown> => {
  // Resolved from inside the folder, as for any program there.
  const loader = (await import(pathToFileURL(join(packages, "load.mjs")).href)) as {
    load: (module: string) => Promise<unknown>
  }
  return loader.load(module)
}

const run = async (): Promise<Outcome> => {
  const client = [...peers, ...ours].find((candidate) => candidate.name === name && candidate.version === version)
  if (client === undefined) throw new Error(`unknown client ${name} ${version}`)
  const makeVideo = await client.program()
  try {
    await makeVideo({ url, folder, load })
    return { ended: "success", message: "" }
  } catch (error) {
    return { ended: "error", message: String(error) }
  }
}

process.send?.(await run(), () => process.exit())
