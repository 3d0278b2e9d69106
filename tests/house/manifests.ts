import type { Entries } from "./borders.ts"
import { allPaths, readText } from "./source-file.ts"

/** The parts of a package.json that have a rule. */
export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly license?: string
  readonly type?: string
  readonly bin?: Readonly<Record<string, string>>
  readonly files?: ReadonlyArray<string>
  readonly exports?: Readonly<Record<string, string>>
  readonly publishConfig?: { readonly access?: string }
  readonly engines?: { readonly node?: string }
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** All of the workspace's manifests by their folder; the root's is `""`. */
export const manifests = (): ReadonlyMap<string, Manifest> =>
  new Map(
    allPaths()
      .filter((path) => /^((packages|apps)\/[^/]+\/|tests\/)?package\.json$/.test(path))
      .map((path) => [path.slice(0, -"package.json".length), JSON.parse(readText(path)) as Manifest])
  )

/** The entry points of the workspace's packages. */
export const workspaceEntries = (): Entries =>
  Object.fromEntries(
    [...manifests().values()].map(({ name, exports = {} }) => [
      name,
      Object.keys(exports).map((entry) => name + entry.slice(1))
    ])
  )

/** The problems of a manifest; published packages need more fields than private ones. */
export const manifestProblems = (manifest: Manifest): ReadonlyArray<string> => {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest
  const requested = Object.entries({
    ...peerDependencies,
    ...optionalDependencies,
    ...devDependencies,
    ...dependencies
  })
  const problems = requested
    .filter(([name, version]) => version !== "workspace:*" && version !== (isOurs(name) ? "workspace:*" : "catalog:"))
    .map(([name, version]) => `requests ${name} ${version}; versions belong in the catalog`)
  if (manifest.type !== "module") problems.push("is not an ES module package")
  if (manifest.license !== "MIT") problems.push("does not name the license")
  if (manifest.private !== true) {
    if (manifest.engines?.node !== "^22.23.4 || ^24.22.1 || >=26.12.1")
      problems.push("must state the Node it needs: >=22.19")
    if (manifest.publishConfig?.access !== "public") problems.push("must be published for the public")
    if (manifest.exports === undefined) problems.push("does not restrict access with exports")
    if (!manifest.files?.includes("dist")) problems.push("does not ship dist")
  }
  return problems.map((problem) => `${manifest.name}: ${problem}`)
}

const isOurs = (name: string): boolean => name.startsWith("@klingkit/") || name.startsWith("klingkit-")
