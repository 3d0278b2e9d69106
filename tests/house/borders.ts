import type { SourceFile } from "./source-file.ts"
import { type Import, syntaxOf } from "./syntax.ts"

/**
 * What a room may import, and in which of its folders: `""` is the whole room. `node:` stands for all of Node's modules.
 * Sub-paths of a package come with it, except those in `byNameOnly`.
 */
type Border = Readonly<Record<string, string | ReadonlyArray<string>>>

const app: Border = {
  "@klingkit/core": "",
  "@klingkit/core/internal": "",
  "@klingkit/jobs": "",
  "@klingkit/jobs/internal": "",
  "@klingkit/tools": "",
  "@klingkit/mcp": "",
  "@effect/platform-node": "",
  effect: "",
  "node:": ""
}

export const borders: Readonly<Record<string, Border>> = {
  "packages/core": { effect: "", "image-size": "", zod: "src/requests/" },
  "packages/media": {
    "@klingkit/core": "",
    "@klingkit/core/internal": "",
    effect: "",
    "@effect/platform-node": "src/node/",
    "@ffmpeg-installer/ffmpeg": "src/testing/",
    "ipaddr.js": "src/files/",
    "jpeg-js": "src/preview/",
    mediabunny: "src/formats/",
    "node:": "src/node/"
  },
  "packages/jobs": {
    "@klingkit/core": "",
    "@klingkit/core/internal": "",
    "@klingkit/media": "",
    "@klingkit/media/node": ["src/sqlite/", "src/node/"],
    effect: "",
    "@effect/platform-node": "src/node/",
    "@effect/sql-pg": "src/postgres/",
    "node:": ["src/sqlite/", "src/node/"]
  },
  "packages/tools": {
    "@klingkit/core": "",
    "@klingkit/core/internal": "",
    "@klingkit/jobs": "",
    "@klingkit/jobs/internal": "",
    effect: "",
    minisearch: "src/finding/",
    zod: ""
  },
  "packages/mcp": {
    "@klingkit/core": "",
    "@klingkit/core/internal": "",
    "@klingkit/jobs": "",
    "@klingkit/jobs/internal": "",
    "@klingkit/tools": "",
    "@modelcontextprotocol/ext-apps": "board/",
    "@modelcontextprotocol/server": "",
    effect: "",
    preact: "board/"
  },
  "packages/hosting": {
    "@klingkit/core": "",
    "@klingkit/core/internal": "",
    "@klingkit/jobs": "",
    "@klingkit/jobs/internal": "",
    "@klingkit/tools": "",
    aws4fetch: "src/media-store/",
    effect: "",
    jose: "",
    oauth4webapi: "src/page/"
  },
  "packages/rest": {
    "@klingkit/core": "",
    "@klingkit/core/internal": "",
    "@klingkit/jobs": "",
    "@klingkit/tools": "",
    effect: ""
  },
  "packages/emulator": {
    "@klingkit/core": "",
    "@klingkit/core/internal": "",
    effect: "",
    "@breezystack/lamejs": "",
    "@fontsource-variable/noto-sans-sc": "",
    "fast-png": "",
    fontkitten: "",
    "h264-mp4-encoder": "",
    mediabunny: "",
    wawoff2: "",
    "@effect/platform-node": "src/server/",
    "node:": "src/server/"
  },
  "apps/cli": { ...app, "@klingkit/emulator": "", "@modelcontextprotocol/client": "", "effect/cli": "" },
  "apps/mcp-stdio": { ...app, "@modelcontextprotocol/server": "" },
  "apps/mcp-http": {
    ...app,
    "@klingkit/hosting": "",
    "@klingkit/rest": "",
    "@modelcontextprotocol/node": "",
    "@modelcontextprotocol/server": ""
  },
  tests: {
    ...app,
    "@ai-sdk/google": "hosts/",
    "@ai-sdk/openai": "hosts/",
    "@google/genai": "hosts/",
    "@klingkit/media": "docs/",
    "@klingkit/jobs/testing": "hosted/",
    "@klingkit/media/testing": ["mcp/", "wishes/"],
    // Not `embed/`, whose programs are those of users.
    "@klingkit/core/internal": ["docs/", "matrix/", "requests/"],
    "@klingkit/emulator": "",
    "@klingkit/hosting/testing": "hosted/",
    "@langchain/google-genai": "hosts/",
    "@langchain/mcp-adapters": "hosts/",
    "@modelcontextprotocol/client": "",
    "@modelcontextprotocol/ext-apps": "board/",
    "@modelcontextprotocol/node": "board/",
    "@modelcontextprotocol/server": "board/",
    "@openai/agents-core": "hosts/",
    "@sparticuz/chromium": "board/",
    ajv: ["hosted/", "mcp/"],
    "dockerfile-utils": "docs/",
    "kubernetes-models": "docs/",
    "mcp-sdk-v1": "",
    mediabunny: ["stranger/", "wishes/"],
    oazapfts: "hosted/",
    "oidc-provider": "hosted/",
    "oxc-parser": "house/",
    "parse-prometheus-text-format": "hosted/",
    "playwright-core": "board/",
    semver: "house/",
    standardwebhooks: "hosted/",
    rolldown: "board/"
  }
}

/** What test files may import on top of their room's border. */
const inTests = (room: string): Border => ({
  ...(room === "packages/jobs"
    ? { "@effect/sql-pg": "", "@klingkit/media/node": "", "@klingkit/media/testing": "" }
    : {}),
  ...(room === "apps/cli" ? { "@klingkit/jobs/testing": "" } : {}),
  ...(room === "packages/media" ? { mediabunny: "" } : {}),
  ...(room === "packages/rest" ? { "@seriousme/openapi-schema-validator": "", ajv: "" } : {}),
  ...(room === "packages/hosting"
    ? {
        "@20minutes/s3rver": "",
        "@klingkit/jobs/node": "",
        "@klingkit/media": "",
        "@klingkit/media/testing": "",
        standardwebhooks: ""
      }
    : {}),
  "@effect/platform-node": "",
  "@effect/vitest": "",
  "effect/testing": "",
  "fast-check": "",
  "node:": "",
  vitest: "",
  // A circle core <-> emulator, even one of tests only, would break the task graph.
  ...(room === "packages/core" ? {} : { "@klingkit/emulator": "" }),
  ...(room === "packages/mcp" || room.startsWith("apps/") ? { "@modelcontextprotocol/client": "" } : {})
})

/** Sub-paths of a package that need an entry of their own. */
const byNameOnly = [
  "@klingkit/hosting/testing",
  "@klingkit/jobs/internal",
  "@klingkit/jobs/testing",
  "@klingkit/core/internal",
  "@klingkit/media/node",
  "@klingkit/media/testing",
  "effect/cli",
  "effect/testing"
]

/** The CLI installs without the emulator's media stack, so it loads the emulator on demand. */
const lazyOnly: Readonly<Record<string, string>> = { "apps/cli": "@klingkit/emulator" }

const isOrIn = (specifier: string, name: string): boolean =>
  name.endsWith(":") ? specifier.startsWith(name) : specifier === name || specifier.startsWith(`${name}/`)

/** Is this import inside the border of the file's room? */
export const mayImport = (file: SourceFile, specifier: string): boolean => {
  const border = { ...borders[file.room], ...(file.isTest ? inTests(file.room) : {}) }
  const reserved = byNameOnly.find((name) => isOrIn(specifier, name))
  return Object.entries(border).some(
    ([name, folders]) =>
      isOrIn(specifier, name) &&
      (reserved === undefined || reserved === name) &&
      [folders].flat().some((folder) => file.inRoom.startsWith(folder))
  )
}

const resolveRelative = (from: string, specifier: string): string =>
  decodeURI(new URL(specifier, `file:///${from}`).pathname.slice(1))

const relativeProblem = (file: SourceFile, { specifier }: Import): string | undefined => {
  const target = resolveRelative(file.path, specifier)
  if (!target.startsWith(`${file.room}/`)) return "leaves its room by a relative path"
  if (/\.(js|jsx|mjs)$/.test(target) || !/\.\w+$/.test(target)) return "must end in the real file's extension (.ts)"
  if (!file.isTest && /\.test\.tsx?$|\/(test|testing)\//.test(target)) return "is shipped code and imports test code"
  return undefined
}

/** Entries of the workspace's packages: `{ "@klingkit/core": ["@klingkit/core"] }`. */
export type Entries = Readonly<Record<string, ReadonlyArray<string>>>

const packageProblem = (file: SourceFile, { specifier, how }: Import, entries: Entries): string | undefined => {
  if (!mayImport(file, specifier)) return `is outside of the border of ${file.room}`
  const owner = Object.keys(entries).find((name) => isOrIn(specifier, name))
  if (owner !== undefined && !entries[owner]?.includes(specifier)) return `is not among the exports of ${owner}`
  const lazy = lazyOnly[file.room]
  if (lazy !== undefined && !file.isTest && isOrIn(specifier, lazy) && how !== "import()" && how !== "type")
    return "must be loaded by import() on demand"
  return undefined
}

/** The main entry, what only sibling packages use, and the entry of a folder that has one of its own. */
const isEntry = (inRoom: string): boolean =>
  [
    "index.ts",
    "internal.ts",
    "maintenance/index.ts",
    "node/index.ts",
    "requests/index.ts",
    "testing/index.ts"
  ].includes(inRoom.slice(4))

const barrelProblem = (file: SourceFile, { how }: Import): string | undefined => {
  if (how === "export *") return "exports everything of another file; name the exports"
  return how === "export" && !isEntry(file.inRoom) ? "re-exports; only src/index.ts does that" : undefined
}

/** The imports of one file that cross a border, each as `path:line: "specifier" problem`. */
export const borderProblems = (file: SourceFile, entries: Entries): ReadonlyArray<string> =>
  syntaxOf(file).imports.flatMap((found) => {
    const isRelative = /^\.{0,2}\//.test(found.specifier)
    const problem =
      (isRelative ? relativeProblem(file, found) : packageProblem(file, found, entries)) ?? barrelProblem(file, found)
    return problem === undefined ? [] : [`${file.path}:${found.line}: "${found.specifier}" ${problem}`]
  })
