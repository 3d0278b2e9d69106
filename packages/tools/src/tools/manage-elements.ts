import { createElement, deleteElement, listElements } from "@klingkit/core/requests"
import { viewOf } from "../request-arguments.ts"
import { defineRequestTool } from "../request-tool.ts"
import { libraryResult, librarySchema } from "../results/library-result.ts"

export const manageElements = defineRequestTool({
  name: "manage_elements",
  title: "Manage elements",
  description:
    "Elements are characters and objects to reuse in later videos and images: list yours or Kling's presets, create, delete. Free.",
  toolset: "studio",
  charged: false,
  hints: { readOnly: false, destructive: true, idempotent: false, openWorld: true },
  offers: {
    argument: "action",
    description: "",
    of: {
      list: viewOf(listElements, { without: ["presets"] }),
      presets: viewOf(listElements, { fixed: { presets: true } }),
      create: createElement,
      delete: deleteElement
    }
  },
  output: librarySchema,
  summary: () => "Element creation started successfully! Its element ID comes with the finished task.",
  called: libraryResult("element")
})
