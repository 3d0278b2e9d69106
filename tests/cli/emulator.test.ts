import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { klingkit, temporaryFolder } from "./testing/built-klingkit.ts"

describe("klingkit emulator", () => {
  it("prints its URL as one line of JSON, serves until Ctrl+C, and holds the port", async () => {
    const running = klingkit(["emulator", "--speed", "1000000"])
    const [line] = await running.says("stdout", /^.*\n/)
    const { url, apiKey } = JSON.parse(line)
    const env = { KLINGAI_BASE_URL: url, KLINGAI_API_KEY: apiKey }

    const made = await klingkit(["image", "create", "a lighthouse", "--wait", "--json"], { env }).ended
    expect([made.exitCode, JSON.parse(made.stdout).status]).toEqual([0, "succeed"])

    const second = await klingkit(["emulator", "--port", new URL(url).port, "--json"]).ended
    expect(second.exitCode).toBe(1)
    expect(JSON.parse(second.stdout).error.message).toMatch(/Port \d+ on 127.0.0.1 is in use/)

    running.child.kill("SIGINT")
    const { exitCode, stdout, stderr } = await running.ended
    expect([exitCode, stdout]).toEqual([130, line])
    expect(stderr).not.toContain("Error")
  })

  it("starts with faults from a file, and refuses an invalid file", async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, "wrong.json"), '{"faults":[{"fault":"no-such"}]}')
    const wrong = await klingkit(["emulator", "--faults", "wrong.json"], { cwd }).ended
    expect([wrong.exitCode, wrong.stderr]).toEqual([
      2,
      expect.stringContaining("--faults wrong.json is not a valid fault plan")
    ])

    writeFileSync(join(cwd, "faults.json"), '{"packs":{"video":{"units":0}}}')
    const running = klingkit(["emulator", "--faults", "faults.json"], { cwd })
    const [line] = await running.says("stdout", /^.*\n/)
    const { url, apiKey } = JSON.parse(line)
    const env = { KLINGAI_BASE_URL: url, KLINGAI_API_KEY: apiKey }
    const refused = await klingkit(["video", "create", "a paper boat", "--json"], { env }).ended
    expect(JSON.parse(refused.stdout).error).toMatchObject({ code: "KLING_QUOTA_EXCEEDED", charged: "no" })
    running.child.kill("SIGTERM")
    await running.ended
  })
})
