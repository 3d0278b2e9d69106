import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { freshKling } from "./emulated-kling.ts"
import { connect } from "./hosts.ts"

let kling: Awaited<ReturnType<typeof freshKling>>
beforeAll(async () => {
  kling = await freshKling()
  writeFileSync(join(kling.home, "file"), "in the way")
})
afterAll(() => kling.close())

const submit = async (settings: Readonly<Record<string, string>>) => {
  const host = await connect("stdio", "v2 legacy", { ...kling.env, ...settings })
  const answer = await host.call("generate_image", { prompt: JSON.stringify(settings) })
  await host.close()
  return answer
}

describe("folders of the settings", () => {
  it.each([
    ["KLINGKIT_HOME", "${HOME}/klingkit", "contains ${HOME}"],
    ["KLINGKIT_HOME", "klingkit", "relative"],
    ["KLINGKIT_HOME", "/proc/klingkit", "keeps no files there"],
    ["KLINGKIT_OUTPUT_DIR", "${user_config.folder}", "contains ${user_config.folder}"],
    ["KLINGKIT_OUTPUT_DIR", "/proc/klingkit", "keeps no files there"],
    ["KLINGKIT_OUTPUT_DIR", "/dev/klingkit", "keeps no files there"],
    ["KLINGKIT_OUTPUT_DIR", "~/file/videos", "is not a folder"]
  ])("are judged before anything is paid: %s=%s", async (setting, folder, because) => {
    const before = (await kling.ledger()).charges.length
    const { isError, text } = await submit({ [setting]: folder })
    expect(isError).toBe(true)
    expect(text).toContain(because)
    expect(text).toContain(setting)
    expect(text).toContain("Charged: no")
    expect((await kling.ledger()).charges).toHaveLength(before)
  })

  it("are made before anything is paid", async () => {
    const folder = join(kling.home, "new", "videos")
    expect((await submit({ KLINGKIT_OUTPUT_DIR: folder })).isError).toBe(false)
    expect(existsSync(folder)).toBe(true)
  })
})
