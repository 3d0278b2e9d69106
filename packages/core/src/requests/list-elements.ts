import * as z from "zod"
import { operations } from "../operations/catalog.ts"
import { listOf } from "../operations/derived-reads.ts"
import { pageFields, planPage } from "./library-pages.ts"
import { defineRequest } from "./request.ts"

export const listElements = defineRequest({
  id: "list_elements",
  title: "List elements",
  summary: "List your elements, or Kling's own; free",
  method: "element.list",
  result: "entries",
  input: z.strictObject(pageFields),
  example: { presets: true },
  plan: planPage(listOf(operations["legacy.elements.create"]), operations["legacy.elements.presets"])
})
