import type { OutputOfId, Plan } from "@klingkit/core"
import { describeImage as request } from "@klingkit/core/requests"
import * as z from "zod"
import { defineRequestTool } from "../request-tool.ts"
import { type CallResult, receiptOfCall, isRepeated, repeatedText } from "../results/run-plan.ts"
import { truncateToBudget } from "../results/truncate-to-budget.ts"
import { structuredQuote, quoteSchema, formatQuote } from "../results/format-quote.ts"
import { structuredReceipt, receiptSchema, formatReceipt } from "../results/format-receipt.ts"
import type { ToolResult } from "../tool.ts"

/** Kling's names of the cut-outs, and ours. */
const partNames: Readonly<Record<string, string>> = {
  object_seg: "object",
  head_seg: "head",
  face_seg: "face",
  cloth_seg: "clothes"
}

interface Part {
  readonly part: string
  readonly found: boolean
  readonly url: string
}

export const describeImage = defineRequestTool({
  name: "describe_image",
  title: "Describe image",
  description: "Cut out the object, head, face and clothes of an image. Paid, answers at once.",
  toolset: "studio",
  variants: false,
  offers: request,
  output: z.object({
    parts: z.array(z.object({ part: z.string(), found: z.boolean(), url: z.string() })),
    repeated: z.boolean(),
    quote: quoteSchema,
    ...receiptSchema
  }),
  summary: () => "",
  called: (plan, called) => describedParts(plan, called)
})

const describedParts = (plan: Plan, called: CallResult): ToolResult => {
  const parts = truncateToBudget(partsOf(called), (part) => [part, part, linkTo(part)])
  const repeated = isRepeated(called)
  const receipt = receiptOfCall(plan.quote, called)
  return {
    structured: { parts: [...parts], repeated, quote: structuredQuote(plan.quote), ...structuredReceipt(receipt) },
    lines: [
      ...(repeated ? [repeatedText("", called.job)] : []),
      ...parts.flatMap(({ part, found, url }, index) => [
        `Image ${index + 1}: ${part}${found ? "" : ", not in the image"}`,
        ...(url === "" ? [] : [`- URL: ${url}`])
      ]),
      formatQuote(plan.quote),
      ...formatReceipt(receipt)
    ],
    links: parts.flatMap(linkTo)
  }
}

const linkTo = ({ part, url }: Part) => (url === "" ? [] : [{ uri: url, name: part, mimeType: "image/png" }])

/** Of a duplicate only the cut-outs are kept, without their names. */
const partsOf = (called: CallResult): ReadonlyArray<Part> => {
  if (called._tag === "Duplicate") {
    return called.job.task.outputs.flatMap((output) =>
      output.type === "image" ? [{ part: "part", found: true, url: output.url }] : []
    )
  }
  const { task_result } = called.answer as OutputOfId<"legacy.image-recognize">
  return (task_result?.images ?? []).map(({ type, is_contain, url }) => ({
    part: partNames[type ?? ""] ?? "part",
    found: is_contain !== false && is_contain !== 0,
    url: url ?? ""
  }))
}
