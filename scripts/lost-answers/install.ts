import { execFile } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"

/** Installs exact versions into a separate folder; returns the folder, or why npm failed. */
export const install = async (
  packages: ReadonlyArray<string>,
  folder: string
): Promise<{ readonly folder: string } | { readonly failure: string }> => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "package.json"), `{ "private": true }\n`)
  writeFileSync(join(folder, "load.mjs"), "export const load = (module) => import(module)\n")
  try {
    const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--save-exact"]
    await promisify(execFile)("npm", ["install", ...quiet, ...packages], {
      cwd: folder,
      timeout: 180_000,
      shell: process.platform === "win32"
    })
    return { folder }
  } catch (error) {
    const { stderr = "" } = error as { readonly stderr?: string }
    const reason = /npm error code (\w+)/.exec(stderr)?.[1] ?? "npm failed"
    return { failure: `does not install (${reason})` }
  }
}
