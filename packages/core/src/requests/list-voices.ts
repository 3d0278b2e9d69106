import * as z from "zod"
import { operations } from "../operations/catalog.ts"
import { listOf } from "../operations/derived-reads.ts"
import { pageFields, planPage } from "./library-pages.ts"
import { defineRequest } from "./request.ts"

export const listVoices = defineRequest({
  id: "list_voices",
  title: "List voices",
  summary: "List your voices, or Kling's own; free",
  method: "voice.list",
  result: "entries",
  input: z.strictObject(pageFields),
  example: { presets: true },
  plan: planPage(listOf(operations["legacy.voices.create"]), operations["legacy.voices.presets"])
})
