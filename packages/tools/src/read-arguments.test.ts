import { describe, expect, it } from "@effect/vitest"
import { requests } from "@klingkit/core/requests"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { tools } from "./catalog.ts"
import { hostArguments } from "./host-arguments.ts"
import { call, emulated, failure, ledgerOf, passTime, requestsSeen, startTask } from "./testing/emulated.ts"
import type { Tool } from "./tool.ts"

type Arguments = Readonly<Record<string, unknown>>

/** A call of each paid tool that makes a request, by the request's own example. */
const paidCalls = tools.flatMap((tool): ReadonlyArray<readonly [string, Tool, Arguments]> => {
  if (tool.plan === undefined) return []
  const args = requests
    .map((request) => tool.argumentsFor?.(request, request.example))
    .find((found) => found !== undefined)
  return args === undefined ? [] : [[tool.name, tool, args]]
})

const propertiesOf = (tool: Tool) => tool.inputSchema.properties as Readonly<Record<string, Arguments>>
const planOf = (tool: Tool, args: unknown) => {
  const planned = tool.plan?.(args) ?? Effect.die(`${tool.name} has no plan`)
  return Effect.map(planned, ({ operation, input, quote, variants }) => ({ operation, input, quote, variants }))
}

describe("the arguments of every paid tool", () => {
  it("are those of nearly all requests that are paid", () => {
    expect(paidCalls.length).toBeGreaterThan(10)
  })

  it.effect.each(paidCalls)("%s: what hosts add changes nothing", ([, tool, args]) =>
    Effect.gen(function* () {
      const own = Object.keys(propertiesOf(tool))
      const added = [...hostArguments].filter((name) => !own.includes(name)).map((name) => [name, "x"] as const)
      expect(yield* planOf(tool, { ...Object.fromEntries(added), ...args })).toEqual(yield* planOf(tool, args))
    }).pipe(Effect.provide(emulated()))
  )

  it.effect.each(paidCalls)(
    "%s: absent, null, empty and the text null are one for what is optional",
    ([, tool, args]) =>
      Effect.gen(function* () {
        const { required = [] } = tool.inputSchema
        const optional = Object.keys(propertiesOf(tool)).filter((name) => !required.includes(name) && !(name in args))
        const expected = yield* planOf(tool, args)
        for (const nothing of [null, "", "null", " null ", [], undefined]) {
          const all = Object.fromEntries(optional.map((name) => [name, nothing]))
          expect(yield* planOf(tool, { ...all, ...args })).toEqual(expected)
        }
        const inLists = Object.entries(args).map(([name, value]) => [
          name,
          Array.isArray(value) ? [null, ...(value as Array<unknown>), "", "null"] : value
        ])
        expect(yield* planOf(tool, Object.fromEntries(inLists))).toEqual(expected)
      }).pipe(Effect.provide(emulated()))
  )

  it.effect.each(paidCalls)("%s: text of a number, boolean or list is read, in any letters", ([, tool, args]) =>
    Effect.gen(function* () {
      const asText = Object.entries(args).map(([name, value]) => {
        const { enum: choices } = propertiesOf(tool)[name] ?? {}
        if (Array.isArray(choices)) return [name, ` ${String(value).toUpperCase()}`] as const
        return [name, typeof value === "string" ? value : JSON.stringify(value)] as const
      })
      const spelled = Object.fromEntries(asText)
      const expected = yield* planOf(tool, args)
      expect(yield* planOf(tool, spelled)).toEqual(expected)
      expect(yield* planOf(tool, JSON.stringify(spelled))).toEqual(expected)
    }).pipe(Effect.provide(emulated()))
  )

  it.effect.each(paidCalls)("%s: an unknown word is refused, with the nearest", ([, tool, args]) =>
    Effect.gen(function* () {
      const [known = ""] = Object.keys(args)
      const { message } = yield* Effect.flip(planOf(tool, { ...args, [`${known}q`]: 1 }))
      expect(message).toContain(`${known}q is not a setting of`)
      expect(message).toContain(`did you mean ${known}?`)
    }).pipe(Effect.provide(emulated()))
  )
})

describe("what hosts add", () => {
  it.effect("is named in the result, in half a line", () =>
    Effect.gen(function* () {
      const { text, structured } = yield* call("generate_video", { prompt: "x", wait_for_previous: true, tool: "y" })
      expect(structured["notes"]).toEqual(["ignored what the chat app adds: wait_for_previous, tool"])
      expect(text).toMatch(/\nNote: ignored what the chat app adds: wait_for_previous, tool\.\nNext: /)
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("is not dropped where a tool has an argument of that name", () =>
    Effect.gen(function* () {
      const { structured } = yield* call("quote_cost", { tool: "generate_image", arguments: { prompt: "x" } })
      expect(structured).toMatchObject({ operation: "legacy.images.generations" })
    }).pipe(Effect.provide(emulated()))
  )
})

describe("all problems of a call", () => {
  it.effect("come in one answer: of form, of the tool's own arguments and of the plan", () =>
    Effect.gen(function* () {
      const error = yield* failure("generate_video", {
        model_name: "kling-2.6",
        duration: 7,
        negative_prompt: ["a", "b"],
        variants: 9,
        frobnicate: 1
      })
      const problems = error.reason._tag === "InvalidInput" ? error.reason.problems : []
      expect(problems.map(({ field }) => field)).toEqual([
        "negative_prompt",
        "variants",
        "frobnicate",
        "prompt",
        "duration"
      ])
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("are ten at most, however many words are unknown", () =>
    Effect.gen(function* () {
      const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`word_${index}`, index]))
      for (const name of ["generate_video", "list_tasks", "manage_elements"]) {
        const error = yield* failure(name, { action: "list", ...many, prompt: "x" })
        expect(error.reason._tag === "InvalidInput" && error.reason.problems.length).toBe(10)
      }
    }).pipe(Effect.provide(emulated()))
  )
})

describe("an argument that a tool adds", () => {
  it.effect("has its own name in problems, and an earlier one is still read", () =>
    Effect.gen(function* () {
      const { message } = yield* failure("generate_image", { prompt: "x", take: 0, allow_duplicate: "perhaps" })
      expect(message).toContain("allow_duplicate must be a boolean")
      expect(message).toContain("take must be at least 1")
      const again = yield* Effect.forEach([{}, { allow_repeat: "true" }], (more) =>
        Effect.map(call("generate_image", { prompt: "x", ...more }), ({ structured }) => structured["repeated"])
      )
      expect(again).toEqual([false, false])
    }).pipe(Effect.provide(emulated()))
  )
})

describe("an id", () => {
  it.effect("is found in its wrapping, by free and by paid tools", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const id = yield* startTask("generate_video")
      yield* passTime(world)
      for (const given of [`\`${id}\``, `"${id}".`, id.toUpperCase(), `kling://tasks/${id}`, `Task ID: ${id}`]) {
        expect((yield* call("check_video_status", { task_id: given })).structured).toMatchObject({ task_id: id })
        const args = { task_id: given, prompt: "it lands" }
        yield* call("quote_cost", { tool: "extend_video", arguments: args })
      }
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("is never taken from a number that has lost digits", () =>
    Effect.gen(function* () {
      const { message } = yield* failure("check_video_status", { task_id: 893_605_946_441_547_900 })
      expect(message).toBe("task_id must be text, in quotes: as a number it may have lost digits")
      const input = { elementId: 893_605_946_441_547_900 }
      const refused = yield* failure("call_kling_api", { operation: "legacy.elements.delete", input })
      expect(refused.message).toContain("elementId must be an id, given as a string, not number")
    }).pipe(Effect.provide(emulated()))
  )
})

describe("an input in Kling's own words", () => {
  it.effect("may be an object or its text, and is one request", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const operation = "new.t2v.kling-3.0"
      for (const input of [
        { prompt: "a kite", durationSeconds: 5, resolution: "1080p" },
        { prompt: " a kite", durationSeconds: "5", resolution: "1080P", audio: null },
        '{"prompt":"a kite","durationSeconds":"5s","resolution":"1080p","audio":"OFF"}'
      ]) {
        yield* call("call_kling_api", { operation, input, confirm_token: "null", take: "1" })
      }
      expect((yield* ledgerOf(world)).tasks).toHaveLength(1)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("is refused where a word is unknown, and nothing is sent", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const input = { promt: "x" }
      const { message } = yield* failure("call_kling_api", { operation: "new.t2v.kling-3.0", input })
      expect(message).toContain("did you mean prompt?")
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })
})
