import * as z from "zod"
import { operations } from "../operations/catalog.ts"
import { listOf } from "../operations/derived-reads.ts"
import { firstPage, pageFields, pageOrigins } from "./library-pages.ts"
import { planFields } from "./operation-fields.ts"
import { present } from "./present.ts"
import { defineRequest } from "./request.ts"

const own = listOf(operations["legacy.elements.create"])

export const listElements = defineRequest({
  id: "list_elements",
  title: "List elements",
  summary: "List your elements, or Kling's own; free",
  method: "element.list",
  result: "entries",
  input: z.strictObject(pageFields),
  example: { presets: true },
  plan: (input, context) =>
    planFields(
      input.presets === true ? operations["legacy.elements.presets"] : own,
      pageOrigins,
      { ...firstPage, ...present(input) },
      context
    )
})
