import { createVoice, deleteVoice, listVoices } from "@klingkit/core/requests"
import { viewOf } from "../request-arguments.ts"
import { defineRequestTool } from "../request-tool.ts"
import { libraryResult, librarySchema } from "../results/library-result.ts"

export const manageVoices = defineRequestTool({
  name: "manage_voices",
  title: "Manage voices",
  description: "Voices for videos, not for generate_audio: list yours or Kling's presets, create (paid), delete.",
  toolset: "core",
  hints: { readOnly: false, destructive: true, idempotent: false, openWorld: true },
  variants: false,
  offers: {
    argument: "action",
    description: "",
    of: {
      list: viewOf(listVoices, { without: ["presets"], unlisted: ["pageSize"] }),
      presets: viewOf(listVoices, { fixed: { presets: true }, unlisted: ["pageSize"] }),
      create: createVoice,
      delete: deleteVoice
    }
  },
  output: librarySchema,
  summary: () => "Voice creation started successfully! Its voice ID comes with the finished task.",
  called: libraryResult("voice")
})
