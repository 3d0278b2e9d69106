import { Config, Effect, Option } from "effect"
import { isMadeUpBySystem } from "@klingkit/media/internal"
import { homedir } from "node:os"
import { isAbsolute, posix, resolve, win32 } from "node:path"
import { platform } from "node:process"
import { ledgerError, type LedgerError } from "../ledger/ledger-error.ts"
import { unfilledText, unfilledVariable } from "../unfilled-variable.ts"

interface Dependencies {
  readonly platform: string
  readonly homeDir: string
  readonly variables: Readonly<Record<"KLINGKIT_HOME" | "XDG_DATA_HOME" | "LOCALAPPDATA", string>>
}

/** `KLINGKIT_HOME`, else the folder for application data on this platform. */
export const chooseDataFolder = ({ platform, homeDir, variables }: Dependencies): string => {
  const { KLINGKIT_HOME: chosen, XDG_DATA_HOME: xdg, LOCALAPPDATA: local } = variables
  if (chosen !== "") return chosen.replace(/^~(?=$|[\\/])/, homeDir)
  if (platform === "win32")
    return win32.join(local === "" ? win32.join(homeDir, "AppData", "Local") : local, "klingkit")
  if (platform === "darwin") return posix.join(homeDir, "Library", "Application Support", "klingkit")
  // The XDG specification says to ignore a relative folder.
  return posix.join(xdg.startsWith("/") ? xdg : posix.join(homeDir, ".local", "share"), "klingkit")
}

const text = (name: string): Effect.Effect<string> =>
  Config.option(Config.String(name)).pipe(
    Effect.map(Option.getOrElse(() => "")),
    Effect.orElseSucceed(() => ""),
    Effect.map((value) => value.trim())
  )

/**
 * Where klingkit stores its ledger and configuration on this machine; absolute. Fails for a folder that would be another one
 * in each working directory, or keeps no files: each request would be paid again there.
 */
export const dataFolder: Effect.Effect<string, LedgerError> = Effect.gen(function* () {
  const variables = yield* Effect.all({
    KLINGKIT_HOME: text("KLINGKIT_HOME"),
    XDG_DATA_HOME: text("XDG_DATA_HOME"),
    LOCALAPPDATA: text("LOCALAPPDATA")
  })
  const home = (yield* text("HOME")) || (yield* text("USERPROFILE")) || homedir()
  const folder = chooseDataFolder({ platform, homeDir: home, variables })
  const detail = folderProblem(folder)
  if (detail !== undefined) return yield* ledgerError({ _tag: "CannotOpen", location: folder, detail }, true)
  return resolve(folder)
})

const folderProblem = (folder: string): string | undefined => {
  const variable = unfilledVariable(folder)
  if (variable !== undefined) return `the name ${unfilledText(variable)}`
  if (!isAbsolute(folder)) return "the name is relative, so every working directory would have a ledger of its own"
  return isMadeUpBySystem(resolve(folder)) ? "the system keeps no files there" : undefined
}
