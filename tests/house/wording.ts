import { homedir } from "node:os"
import { root } from "./source-file.ts"

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`)

/** Folders that only one machine has: this checkout's, this user's, and roots that are nobody's home. */
const folders = [root, `${homedir()}/`].filter((folder) => folder.length > 4).map(escaped)
const machinePath = new RegExp(String.raw`(?<![\w.-])(${[...folders, "/(root|work)/"].join("|")})`)

const registryHost = /https?:\/\/(registry|deb)\./

/** Lines that tie the project to one machine or one registry. */
export const wordingProblems = (path: string, text: string): ReadonlyArray<string> =>
  text.split("\n").flatMap((line, index) => {
    const at = `${path}:${index + 1}`
    if (machinePath.test(line)) return [`${at}: names a path of one machine`]
    return registryHost.test(line) ? [`${at}: names a registry's host`] : []
  })
