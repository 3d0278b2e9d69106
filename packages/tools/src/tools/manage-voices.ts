import { derivedReads, invalidInput, Kling, operations } from "@klingkit/core"
import { createVoice } from "@klingkit/core/requests"
import { Effect } from "effect"
import * as z from "zod"
import { unexpectedFields } from "../inputs/fields-per-action.ts"
import { paidArguments } from "../inputs/paid-arguments.ts"
import { planCreate } from "../inputs/plan-create.ts"
import { planWithMedia } from "../inputs/plan-with-media.ts"
import { deletedEntry, librarySchema, librarySettings, listedEntries } from "../results/library-result.ts"
import { submitPlan } from "../results/submit-result.ts"
import { defineTool, type ToolResult } from "../tool.ts"

const own = derivedReads.find((read) => read.id === "legacy.voices.create.list") ?? operations["legacy.voices.presets"]

const fieldsPerAction = {
  list: ["page", "page_size"],
  presets: ["page", "page_size"],
  create: ["name", "voice_url", "video_id", "allow_duplicate", "confirm_token"],
  delete: ["voice_id"]
} as const

const input = z.strictObject({
  action: z.enum(["list", "presets", "create", "delete"]),
  ...librarySettings,
  name: z.string().optional().describe("create: at most 20 characters"),
  voice_url: z.string().optional().describe("create: one clean speaker, 5 to 30 s; or video_id"),
  video_id: z.string().optional().describe("create: ID of a Kling video with speech"),
  voice_id: z.string().optional().describe("delete"),
  ...paidArguments
})

type Arguments = z.output<typeof input>

const planOf = Effect.fnUntraced(function* (args: Arguments) {
  const problems = unexpectedFields(args, args.action, fieldsPerAction)
  if (problems.length > 0) return yield* invalidInput(problems)
  const { page: pageNum = 1, page_size: pageSize = 20 } = args
  switch (args.action) {
    case "list":
      return yield* planWithMedia(own, { pageNum, pageSize }, {})
    case "presets":
      return yield* planWithMedia(operations["legacy.voices.presets"], { pageNum, pageSize }, {})
    case "create":
      return yield* planCreate(createVoice, args, fieldsPerAction.create)
    case "delete":
      return yield* planWithMedia(
        operations["legacy.voices.delete"],
        { voiceId: args.voice_id },
        { voiceId: "voice_id" }
      )
  }
})

export const manageVoices = defineTool({
  name: "manage_voices",
  title: "Manage voices",
  description:
    "Voices for videos: list yours or Kling's presets, create (paid), delete. Text to speech has other voices.",
  toolset: "studio",
  charged: true,
  hints: { readOnly: false, destructive: true, idempotent: false, openWorld: true },
  input,
  output: librarySchema,
  plan: planOf,
  run: Effect.fnUntraced(function* (args) {
    const kling = yield* Kling
    const plan = yield* planOf(args)
    if (args.action === "create") {
      const started: ToolResult<z.output<typeof librarySchema>> = yield* submitPlan(
        plan,
        "Voice creation started successfully! Its voice ID comes with the finished task.",
        args
      )
      return started
    }
    const answer: unknown = yield* kling.call(plan.operation, plan.input)
    return args.action === "delete" ? deletedEntry("voice", args.voice_id ?? "") : listedEntries(answer, args.page ?? 1)
  })
})
