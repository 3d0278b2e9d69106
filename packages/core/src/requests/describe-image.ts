import * as z from "zod"
import { operations } from "../operations/catalog.ts"
import { media } from "./media-field.ts"
import { planFields } from "./operation-fields.ts"
import { defineRequest } from "./request.ts"

export const describeImage = defineRequest({
  id: "describe_image",
  title: "Describe image",
  summary: "Find the object, head, face and clothes in an image, each as a cut-out",
  method: "image.describe",
  result: "answer",
  input: z.strictObject({ image: media("image", "URL or local path") }),
  aliases: { image_url: "image" },
  example: { image: "https://example.com/person.png" },
  plan: (input, context) => planFields(operations["legacy.image-recognize"], { image: "image" }, input, context)
})
