import { existsSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { type Manifest, manifestProblems, manifests } from "./manifests.ts"
import { readText, root } from "./source-file.ts"

const good: Manifest = {
  name: "@klingkit/sample",
  license: "MIT",
  type: "module",
  files: ["dist"],
  exports: { ".": "./src/index.ts" },
  publishConfig: { access: "public" },
  engines: { node: "^22.23.4 || ^24.22.1 || >=26.12.1" },
  dependencies: { effect: "catalog:", "@klingkit/core": "workspace:*" }
}

/** Lines of the catalog that do not pin exactly one version. */
const unpinned = (workspace: string): ReadonlyArray<string> =>
  workspace
    .slice(workspace.indexOf("\ncatalog:\n") + "\ncatalog:\n".length)
    .split("\n")
    .filter((line) => line.startsWith("  ") && !/: (npm:@?[\w/.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(line))

const hosts = (lockfile: string): ReadonlyArray<string> => lockfile.match(/^.*(https?:\/\/|tarball:).*$/gm) ?? []

describe("manifests", () => {
  it("of all packages are valid", () => {
    expect([...manifests().values()].flatMap(manifestProblems)).toEqual([])
  })

  it.each<[string, Partial<Manifest>, string]>([
    ["a version of its own", { dependencies: { effect: "^4.1.0" } }, "catalog"],
    ["a workspace package from the registry", { devDependencies: { "klingkit-mcp": "catalog:" } }, "catalog"],
    ["CommonJS", { type: "commonjs" }, "ES module"],
    ["no license", { license: "" }, "license"],
    ["an old Node", { engines: { node: ">=18" } }, "Node"],
    ["no access", { publishConfig: {} }, "public"],
    ["nothing shipped", { files: [] }, "dist"]
  ])("are checked for %s", (_, change, message) => {
    expect(manifestProblems({ ...good, ...change })).toEqual([expect.stringContaining(message)])
  })

  it("are checked for missing exports", () => {
    const { exports: _, ...withoutExports } = good
    expect(manifestProblems(withoutExports)).toEqual([expect.stringContaining("exports")])
    expect(manifestProblems(good)).toEqual([])
  })

  it("pin the entry points of each package", () => {
    const entries = [...manifests()].map(([folder, { exports }]) => [folder, exports] as const)
    expect(Object.fromEntries(entries.filter(([, exports]) => exports !== undefined))).toEqual({
      "packages/core/": {
        ".": "./src/index.ts",
        "./internal": "./src/internal.ts",
        "./requests": "./src/requests/index.ts"
      },
      "packages/emulator/": { ".": "./src/index.ts" },
      "packages/jobs/": {
        ".": "./src/index.ts",
        "./internal": "./src/internal.ts",
        "./ledger": "./src/sqlite/ledger-from-config.ts",
        "./maintenance": "./src/maintenance/index.ts",
        "./node": "./src/node/index.ts",
        "./postgres": "./src/postgres/postgres-ledger.ts",
        "./promise": "./src/node/promise-jobs.ts",
        "./sqlite": "./src/sqlite/sqlite-ledger.ts",
        "./testing": "./src/testing/index.ts"
      },
      "packages/media/": {
        ".": "./src/index.ts",
        "./internal": "./src/internal.ts",
        "./node": "./src/node/index.ts",
        "./testing": "./src/testing/index.ts"
      },
      "packages/hosting/": { ".": "./src/index.ts", "./testing": "./src/testing/index.ts" },
      "packages/mcp/": { ".": "./src/index.ts" },
      "packages/rest/": { ".": "./src/index.ts" },
      "packages/tools/": { ".": "./src/index.ts" },
      "apps/cli/": {},
      "apps/mcp-http/": {},
      "apps/mcp-stdio/": {}
    })
  })

  it("declare the four commands, and setup links them at the root", () => {
    const bins = [...manifests()].flatMap(([folder, { bin = {} }]) =>
      Object.entries(bin).map(([name, file]) => ({ name, file: folder + file }))
    )
    expect(bins.map(({ name }) => name).toSorted()).toEqual([
      "klingkit",
      "klingkit-emulator",
      "klingkit-mcp",
      "klingkit-mcp-http"
    ])
    const missing = bins.flatMap(({ name, file }) =>
      [file, `node_modules/.bin/${name}`].filter((path) => !existsSync(root + path))
    )
    expect(missing).toEqual([])
  })
})

describe("versions", () => {
  it("in the catalog are exact", () => {
    expect(unpinned(readText("pnpm-workspace.yaml"))).toEqual([])
    expect(unpinned("\ncatalog:\n  effect: ^4.1.0\n  zod: 4.6.7\n  v1: npm:@a/b@1.2.3\n")).toEqual(["  effect: ^4.1.0"])
  })

  it("in the lockfile contain no host", () => {
    expect(hosts(readText("pnpm-lock.yaml"))).toEqual([])
    expect(hosts(`  a: {tarball: a.tgz}\n  b: https://example.org/b.tgz`)).toHaveLength(2)
  })
})
