import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Home } from "./faces.ts"

/** A module that Node loads first: each answer to a read throws where nothing is expected to. */
const brokenReads = `
  const real = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    const response = await real(input, init)
    if (init?.method !== "GET") return response
    Object.defineProperty(response, "headers", { get: () => { throw new TypeError("broken inside") } })
    return response
  }
`

/** A home whose programs have a defect: whatever they read of Kling ends in an unexpected exception. */
export const withBrokenReads = ({ env, folder }: Home): Home => {
  const file = join(folder, "broken.mjs")
  writeFileSync(file, brokenReads)
  return { folder, env: { ...env, NODE_OPTIONS: `--import=${file}` } }
}
