import { derivedReads, invalidInput, Kling, operations } from "@klingkit/core"
import { createElement } from "@klingkit/core/requests"
import { Effect } from "effect"
import * as z from "zod"
import { unexpectedFields } from "../inputs/fields-per-action.ts"
import { planCreate } from "../inputs/plan-create.ts"
import { deletedEntry, librarySchema, librarySettings, listedEntries } from "../results/library-result.ts"
import { submitPlan } from "../results/submit-result.ts"
import { defineTool, type ToolResult } from "../tool.ts"

const own =
  derivedReads.find((read) => read.id === "legacy.elements.create.list") ?? operations["legacy.elements.presets"]

const fieldsPerAction = {
  list: ["page", "page_size"],
  presets: ["page", "page_size"],
  create: ["name", "description", "image_urls", "video_url", "voice_id", "tags", "allow_duplicate"],
  delete: ["element_id"]
} as const

export const manageElements = defineTool({
  name: "manage_elements",
  title: "Manage elements",
  description:
    "Elements are characters and objects to reuse in later videos and images: list yours or Kling's presets, create, delete. Free.",
  toolset: "studio",
  charged: false,
  hints: { readOnly: false, destructive: true, idempotent: false, openWorld: true },
  input: z.strictObject({
    action: z.enum(["list", "presets", "create", "delete"]),
    ...librarySettings,
    name: z.string().optional().describe("create: at most 20 characters"),
    description: z.string().optional().describe("create: at most 100 characters"),
    image_urls: z.array(z.string()).optional().describe("create: front view, then 1 to 3 other views; URLs or paths"),
    video_url: z.string().optional().describe("create: or a video of one person"),
    voice_id: z.string().optional().describe("create: the voice it speaks with"),
    tags: z.array(z.string()).optional().describe("create: o_101 to o_108"),
    element_id: z.string().optional().describe("delete"),
    allow_duplicate: z.boolean().optional().describe("Create the same element again")
  }),
  output: librarySchema,
  run: Effect.fnUntraced(function* (args) {
    const problems = unexpectedFields(args, args.action, fieldsPerAction)
    if (problems.length > 0) return yield* invalidInput(problems)
    const kling = yield* Kling
    const { action, page = 1, page_size = 20 } = args
    switch (action) {
      case "list":
      case "presets": {
        const operation = action === "list" ? own : operations["legacy.elements.presets"]
        return listedEntries(yield* kling.call(operation, { pageNum: page, pageSize: page_size }), page)
      }
      case "create": {
        const plan = yield* planCreate(createElement, args, fieldsPerAction.create)
        const started: ToolResult<z.output<typeof librarySchema>> = yield* submitPlan(
          plan,
          "Element creation started successfully! Its element ID comes with the finished task.",
          args
        )
        return started
      }
      case "delete": {
        const { element_id: elementId } = args
        if (elementId === undefined) return yield* invalidInput([{ field: "element_id", message: "is required" }])
        yield* kling.call(operations["legacy.elements.delete"], { elementId })
        return deletedEntry("element", elementId)
      }
    }
  })
})
