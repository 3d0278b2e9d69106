import { describe, expect, it } from "@effect/vitest"
import { catalog, maxUsd } from "@klingkit/core"
import { usdText } from "@klingkit/core/internal"
import { Effect } from "effect"
import type { Command } from "effect/cli"
import { writeFileSync } from "node:fs"
import { rootCommand } from "./cli.ts"
import { emulatedKling } from "./testing/emulator.ts"
import { greyPng } from "./testing/grey-png.ts"
import { klingkit } from "./testing/run-klingkit.ts"

const paid = catalog.filter((operation) => operation.billed && maxUsd(operation.price(operation.example)) !== 0)
/** Operations with a session need an earlier call that opened it. */
const standalone = paid.filter(({ example }) => !("sessionId" in example))

const apiCall = ({ id, example }: (typeof paid)[number], ...more: ReadonlyArray<string>) => [
  "api",
  "call",
  id,
  "--input",
  JSON.stringify(example),
  "--allow-duplicate",
  "--json",
  ...more
]

const lowLimits = [
  ["KLINGKIT_MAX_USD_PER_CALL", "0.001"],
  ["KLINGKIT_MAX_USD_PER_DAY", "0.001"],
  ["KLINGKIT_CONFIRM_ABOVE_USD", "0.001"]
] as const

describe("klingkit api call, of every paid operation", () => {
  it.live.each(lowLimits)("is refused by %s, with exit code 5", ([setting, amount]) =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      for (const operation of paid) {
        const { exitCode, stdout } = yield* klingkit(apiCall(operation), { env: { ...kling.env, [setting]: amount } })
        const { error } = JSON.parse(stdout)
        const highest = maxUsd(operation.price(operation.example))
        expect([operation.id, exitCode, error.charged]).toEqual([operation.id, 5, "no"])
        expect(error.code).toMatch(/^(LEDGER_OVER_BUDGET|JOB_NOT_APPROVED)$/)
        expect(error.message).toContain("$0.001")
        expect(error.message).toContain(highest === undefined ? "unknown until charged" : usdText(highest))
        expect(error.message).toMatch(/\$0\.00 (is used today|of today.s limit is used)/)
      }
      // An id of an earlier result is looked up, which is free.
      const sent = (yield* kling.requests).filter(({ method }) => method !== "GET")
      expect([yield* kling.charges, sent]).toEqual([[], []])
    })
  )

  it.live("is one charge with --yes", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const env = { ...kling.env, KLINGKIT_CONFIRM_ABOVE_USD: "0" }
      for (const paidOperation of standalone) {
        const before = (yield* kling.charges).length
        const { exitCode, stderr } = yield* klingkit(apiCall(paidOperation, "--yes", "--wait"), { env })
        expect([paidOperation.id, exitCode, stderr]).toMatchObject([paidOperation.id, 0, expect.any(String)])
        expect((yield* kling.charges).slice(before).map(({ operation }) => operation)).toEqual([paidOperation.id])
      }
    })
  )
})

/** Every command that can be run, with its path. */
const leaves = (command: Command.Command.Any, path: ReadonlyArray<string> = []): ReadonlyArray<Leaf> => {
  const inside = command.subcommands.flatMap(({ commands }) => commands)
  return inside.length === 0 ? [{ path, command }] : inside.flatMap((child) => leaves(child, [...path, child.name]))
}

interface Leaf {
  readonly path: ReadonlyArray<string>
  readonly command: Command.Command.Any
}

/** The arguments of an example without quotes. */
const argsOf = (line: string): ReadonlyArray<string> =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)]
    .map(([, single, double, plain]) => single ?? double ?? plain ?? "")
    .slice(1)

describe("every command that can spend", () => {
  it.live("is refused by a low limit in each of its own examples", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const cwd = process.cwd()
      process.chdir(kling.home)
      yield* Effect.addFinalizer(() => Effect.sync(() => process.chdir(cwd)))
      writeFileSync("portrait.jpg", greyPng(640, 640))
      const spending = yield* Effect.filter(leaves(rootCommand), ({ path }) =>
        // An element is free of charge, and a repair sends nothing.
        ["element create", "ledger repair"].includes(path.join(" "))
          ? Effect.succeed(false)
          : Effect.map(klingkit([...path, "--help"]), ({ stdout }) => stdout.includes("--dry-run"))
      )
      const reached = new Set<string>()
      for (const { path, command } of spending) {
        const lines = command.examples.map((example) => example.command).filter((line) => /^klingkit [^|]*$/.test(line))
        const codes = yield* Effect.forEach(lines, (line) =>
          Effect.map(
            klingkit([...argsOf(line).filter((arg) => arg !== "--dry-run"), "--json"], {
              env: { ...kling.env, KLINGKIT_MAX_USD_PER_CALL: "0.001" }
            }),
            ({ exitCode }) => exitCode
          )
        )
        // An example with a missing file fails as wrong input; every other one must be refused by the limit.
        expect([path, codes.filter((code) => code !== 2 && code !== 5)]).toEqual([path, []])
        if (codes.includes(5)) reached.add(path.join(" "))
      }
      expect([...reached]).toEqual(expect.arrayContaining(["video create", "image create", "api call"]))
      expect([yield* kling.charges, yield* kling.requests]).toEqual([[], []])
    }).pipe(Effect.scoped)
  )
})
