import { createElement, deleteElement, listElements } from "@klingkit/core/requests"
import { viewOf } from "../request-arguments.ts"
import { defineRequestTool } from "../request-tool.ts"
import { libraryResult, librarySchema } from "../results/library-result.ts"

export const manageElements = defineRequestTool({
  name: "manage_elements",
  title: "Manage elements",
  description:
    "Elements, characters and objects to show again in later videos and images: list yours or Kling's presets, create, delete. Free.",
  toolset: "core",
  charged: false,
  hints: { readOnly: false, destructive: true, idempotent: false, openWorld: true },
  offers: {
    argument: "action",
    description: "",
    of: {
      list: viewOf(listElements, { without: ["presets"], unlisted: ["pageSize"] }),
      presets: viewOf(listElements, { fixed: { presets: true }, unlisted: ["pageSize"] }),
      create: viewOf(createElement, { unlisted: ["tags"] }),
      delete: deleteElement
    }
  },
  output: librarySchema,
  summary: () => "Element creation started successfully! Its element ID comes with the finished task.",
  called: libraryResult("element")
})
