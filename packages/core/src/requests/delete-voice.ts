import * as z from "zod"
import { operations } from "../operations/catalog.ts"
import { idField } from "./id-field.ts"
import { planFields } from "./operation-fields.ts"
import { defineRequest } from "./request.ts"

export const deleteVoice = defineRequest({
  id: "delete_voice",
  title: "Delete voice",
  summary: "Delete one of your voices; free",
  method: "voice.delete",
  result: "deleted",
  input: z.strictObject({ voiceId: idField() }),
  example: { voiceId: "829836802793406551" },
  plan: (input, context) => planFields(operations["legacy.voices.delete"], { voiceId: "voiceId" }, input, context)
})
