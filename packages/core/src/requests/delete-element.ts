import * as z from "zod"
import { operations } from "../operations/catalog.ts"
import { idField } from "./id-field.ts"
import { planFields } from "./operation-fields.ts"
import { defineRequest } from "./request.ts"

export const deleteElement = defineRequest({
  id: "delete_element",
  title: "Delete element",
  summary: "Delete one of your elements; free",
  method: "element.delete",
  result: "deleted",
  input: z.strictObject({ elementId: idField() }),
  example: { elementId: "829836802793406551" },
  plan: (input, context) => planFields(operations["legacy.elements.delete"], { elementId: "elementId" }, input, context)
})
