import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { emulatedKling } from "../testing/emulator.ts"
import { klingkit } from "../testing/run-klingkit.ts"

it.live("usage shows what was spent, by model, and what is left of the limit per day", () =>
  Effect.gen(function* () {
    const kling = yield* emulatedKling()
    const options = { env: { ...kling.env, KLINGKIT_MAX_USD_PER_DAY: "5" } }
    yield* klingkit(["image", "create", "a lighthouse", "--n", "2", "--wait"], options)
    yield* klingkit(["video", "create", "a paper boat"], options)
    const before = yield* kling.requests
    const json = yield* klingkit(["usage", "--since", "this-week", "--by", "model", "--json"], options)
    const day = new Date().toISOString().slice(0, 10)
    expect(JSON.parse(json.stdout)).toEqual({
      since: expect.stringMatching(/^20\d\d-\d\d-\d\d$/),
      until: day,
      chargedUsd: 0.056,
      reservedUsd: 0.42,
      unknownUsd: 0,
      usedUsd: 0.476,
      tasks: 2,
      charges: [{ kind: "unit", amount: 16, pack: "image" }],
      groups: [
        { name: "kling-3.0", chargedUsd: 0, reservedUsd: 0.42, unknownUsd: 0, usedUsd: 0.42, tasks: 1, charges: [] },
        {
          name: "kling-v3",
          chargedUsd: 0.056,
          reservedUsd: 0,
          unknownUsd: 0,
          usedUsd: 0.056,
          tasks: 1,
          charges: [{ kind: "unit", amount: 16, pack: "image" }]
        }
      ],
      today: { day, chargedUsd: 0.056, reservedUsd: 0.42, unknownUsd: 0, usedUsd: 0.476, limitUsd: 5, leftUsd: 4.524 }
    })
    const shown = yield* klingkit(["usage", "--by", "model"], { ...options, terminal: true })
    expect(shown.stdout.trimEnd().split("\n")).toEqual([
      "MODEL      USED    CHARGED  RESERVED  UNKNOWN  TASKS  KLING'S BILL",
      "kling-3.0  $0.42   $0.00    $0.42     $0.00    1",
      "kling-v3   $0.056  $0.056   $0.00     $0.00    1      16 image units ($0.056)",
      "total      $0.476  $0.056   $0.42     $0.00    2      16 image units ($0.056)"
    ])
    expect(shown.stderr).toContain("$4.524 of the $5.00 per day are left until midnight UTC.")
    expect((yield* klingkit(["usage"], options)).stdout).toBe(
      `${day}\t$0.476\t$0.056\t$0.42\t$0.00\t2\t16 image units ($0.056)\n`
    )
    expect(yield* kling.requests).toEqual(before)
  })
)

it.live.each([
  ["--since spring", "--since must be a date (2026-09-01)"],
  ["--since today --until 2026-01-01", "--until is before --since"],
  ["--by user", "--by cannot be"]
] as const)("usage refuses %s", ([args, sentence]) =>
  Effect.gen(function* () {
    const kling = yield* emulatedKling()
    const { exitCode, stderr, stdout } = yield* klingkit(["usage", ...args.split(" ")], kling)
    expect([exitCode, stderr + stdout]).toEqual([2, expect.stringContaining(sentence)])
  })
)
