import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { publicDeclarations } from "./declarations.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))

/** The packages that programs embed: their exports are a public API. */
const publicPackages = ["core", "media", "jobs"]

/** The public API of each package by file name: all exported names with their declarations. */
export const surfaceReports = (): ReadonlyMap<string, string> =>
  new Map(publicPackages.map((name) => [`${name}.txt`, surfaceReport(name)]))

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, string>>
  readonly publishConfig: { readonly exports: Readonly<Record<string, unknown>> }
}

/** `./internal` is for sibling packages, and what is not published is for their tests. */
const isPublic = ({ publishConfig }: Manifest, entry: string): boolean =>
  entry !== "./internal" && Object.hasOwn(publishConfig.exports, entry)

const surfaceReport = (packageName: string): string => {
  const folder = join(root, "packages", packageName)
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest
  const entries = Object.entries(manifest.exports).filter(([entry]) => isPublic(manifest, entry))
  const types = mkdtempSync(join(tmpdir(), "klingkit-surface-"))
  try {
    emitTypes(join(folder, "tsconfig.build.json"), types)
    const sections = entries.map(([entry, source]) => {
      const file = join(types, source.replace("./src/", "").replace(/\.ts$/, ".d.ts"))
      return [`# ${manifest.name}${entry.slice(1)}`, ...publicDeclarations(file)].join("\n\n")
    })
    return `${sections.join("\n\n")}\n`
  } finally {
    rmSync(types, { recursive: true, force: true })
  }
}

const emitTypes = (project: string, folder: string): void => {
  const tsc = join(root, "node_modules", ".bin", "tsc")
  const { status, stdout, error } = spawnSync(tsc, ["-p", project, "--outDir", folder, "--emitDeclarationOnly"], {
    encoding: "utf8",
    shell: process.platform === "win32"
  })
  if (status !== 0) throw new Error(`${project} does not compile: ${stdout}${error?.message ?? ""}`)
}
