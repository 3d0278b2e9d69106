import * as z from "zod"
import { operations } from "../operations/catalog.ts"
import { listOf } from "../operations/derived-reads.ts"
import { firstPage, pageFields, pageOrigins } from "./library-pages.ts"
import { planFields } from "./operation-fields.ts"
import { present } from "./present.ts"
import { defineRequest } from "./request.ts"

const own = listOf(operations["legacy.voices.create"])

export const listVoices = defineRequest({
  id: "list_voices",
  title: "List voices",
  summary: "List your voices, or Kling's own; free",
  method: "voice.list",
  result: "entries",
  input: z.strictObject(pageFields),
  example: { presets: true },
  plan: (input, context) =>
    planFields(
      input.presets === true ? operations["legacy.voices.presets"] : own,
      pageOrigins,
      { ...firstPage, ...present(input) },
      context
    )
})
