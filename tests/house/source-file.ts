import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

/** The repository's root folder, with a slash at its end. */
export const root = fileURLToPath(new URL("../..", import.meta.url))

/** One TypeScript file of a room. */
export interface SourceFile {
  /** From the root, with forward slashes: `packages/core/src/index.ts`. */
  readonly path: string
  /** `packages/core`, `apps/cli`, or `tests`. */
  readonly room: string
  /** The path within the room: `src/index.ts`. */
  readonly inRoom: string
  /** Not shipped: a test, or something that only tests import. */
  readonly isTest: boolean
  readonly text: string
}

export const sourceFile = (path: string, text: string): SourceFile => {
  const parts = path.split("/")
  const room = parts[0] === "tests" ? "tests" : parts.slice(0, 2).join("/")
  const inRoom = path.slice(room.length + 1)
  const isTest = room === "tests" || /\.test\.tsx?$|(^|\/)(test|testing)\//.test(inRoom)
  return { path, room, inRoom, isTest, text }
}

const notOurs = new Set(["node_modules", "dist", ".git", ".turbo", "coverage"])

/** Every file of the checkout that is not installed, built or git's own. */
export const allPaths = (folder = ""): Array<string> =>
  readdirSync(root + folder, { withFileTypes: true }).flatMap((entry) => {
    if (notOurs.has(entry.name)) return []
    return entry.isDirectory() ? allPaths(`${folder}${entry.name}/`) : [folder + entry.name]
  })

export const readText = (path: string): string => readFileSync(root + path, "utf8")

/** All TypeScript of all rooms, the board's page included; not their tools' configuration. */
export const sourceFiles = (): ReadonlyArray<SourceFile> =>
  allPaths()
    .filter((path) => /^(tests|(packages|apps)\/[^/]+\/(src|test|board))\/.*\.tsx?$/.test(path))
    .map((path) => sourceFile(path, readText(path)))
