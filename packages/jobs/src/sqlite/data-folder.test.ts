import { ConfigProvider, Effect } from "effect"
import { describe, expect, it } from "vitest"
import { chooseDataFolder, dataFolder } from "./data-folder.ts"

const at = (platform: string, homeDir: string, variables: Record<string, string> = {}) =>
  chooseDataFolder({
    platform,
    homeDir,
    variables: { KLINGKIT_HOME: "", XDG_DATA_HOME: "", LOCALAPPDATA: "", ...variables }
  })

describe("the data folder", () => {
  it("is the folder for application data of each platform", () => {
    expect(at("linux", "/home/anna")).toBe("/home/anna/.local/share/klingkit")
    expect(at("linux", "/home/anna", { XDG_DATA_HOME: "/data" })).toBe("/data/klingkit")
    expect(at("linux", "/home/anna", { XDG_DATA_HOME: "data" })).toBe("/home/anna/.local/share/klingkit")
    expect(at("darwin", "/Users/anna")).toBe("/Users/anna/Library/Application Support/klingkit")
    expect(at("win32", "C:\\Users\\anna")).toBe("C:\\Users\\anna\\AppData\\Local\\klingkit")
    expect(at("win32", "C:\\Users\\anna", { LOCALAPPDATA: "D:\\Local" })).toBe("D:\\Local\\klingkit")
  })

  it("is KLINGKIT_HOME if that is set", () => {
    expect(at("linux", "/home/anna", { KLINGKIT_HOME: "/srv/kling", XDG_DATA_HOME: "/data" })).toBe("/srv/kling")
    expect(at("linux", "/home/anna", { KLINGKIT_HOME: "~/kling" })).toBe("/home/anna/kling")
  })

  it.each([
    ["${HOME}/kling", "${HOME}"],
    ["$HOME", "$HOME"],
    ["kling", "relative"],
    ["./kling", "relative"],
    ["/proc/kling", "keeps no files"],
    ["/tmp/../dev/kling", "keeps no files"]
  ])("is refused where requests would be paid again: %s", async (home, because) => {
    const configured = Effect.provideService(
      dataFolder,
      ConfigProvider.ConfigProvider,
      ConfigProvider.fromUnknown({ HOME: "/home/anna", KLINGKIT_HOME: home })
    )
    const error = await Effect.runPromise(Effect.flip(configured))
    expect(error).toMatchObject({ code: "LEDGER_CANNOT_OPEN", wasCharged: "no" })
    expect(error.message).toContain(because)
  })
})
