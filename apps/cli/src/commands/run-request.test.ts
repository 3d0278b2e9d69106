import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { emulatedKling } from "../testing/emulator.ts"
import { klingkit } from "../testing/run-klingkit.ts"

const speech = ["audio", "speech", "Good morning to everybody in this room", "--json"] as const

describe("a synchronous command", () => {
  it.live("is paid once though it is repeated, and again when that is wanted", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const first = yield* klingkit(speech, kling)
      const second = yield* klingkit(speech, kling)
      expect([first.exitCode, second.exitCode]).toEqual([0, 0])
      expect(second.stderr).toContain("Already submitted: reusing kk-")
      const [made, reused] = [first, second].map(({ stdout }) => JSON.parse(stdout))
      expect(reused.outputs[0].url).toBe(made.outputs[0].url)
      expect([made.isRepeat, reused.isRepeat]).toEqual([undefined, true])
      expect(yield* kling.charges).toHaveLength(1)

      expect((yield* klingkit([...speech, "--allow-duplicate"], kling)).exitCode).toBe(0)
      expect(yield* kling.charges).toHaveLength(2)
      expect((yield* klingkit(speech, kling)).stderr).toContain("nothing was sent again (--take 3 makes another)")
      expect(yield* kling.charges).toHaveLength(2)
    })
  )

  it.live("says that it is a repeat as a plain call of its operation, too", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const input = `{"text":"hello","voiceId":"girlfriend_1_speech02","voiceLanguage":"en"}`
      const call = klingkit(["api", "call", "legacy.tts", "--input", input], kling)
      const [first, second] = [yield* call, yield* call]
      expect(first.stderr).not.toContain("Already submitted")
      expect([second.exitCode, second.stdout]).toEqual([0, first.stdout])
      expect(second.stderr).toContain("nothing was sent again (--take 2 makes another)")
      expect(yield* kling.charges).toHaveLength(1)
    })
  )
})
