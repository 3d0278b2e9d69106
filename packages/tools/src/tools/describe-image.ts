import { type OutputOfId, operations } from "@klingkit/core"
import { Effect } from "effect"
import * as z from "zod"
import { paidArguments } from "../inputs/paid-arguments.ts"
import { planWithMedia } from "../inputs/plan-with-media.ts"
import { paidHints } from "../paid-tool.ts"
import { type Called, callPlan, taskOfCall } from "../results/call-result.ts"
import { fitting } from "../results/fitting.ts"
import { factsOfQuote, quoteFacts, quoteLine } from "../results/quote-words.ts"
import { factsOfReceipt, receiptFacts, receiptLines, receiptOfCall } from "../results/receipt-words.ts"
import { defineTool } from "../tool.ts"

const input = z.strictObject({
  image_url: z.string().describe("URL, or path of a local file"),
  ...paidArguments
})

const planOf = ({ image_url }: z.output<typeof input>) =>
  planWithMedia(operations["legacy.image-recognize"], { image: image_url }, { image: "image_url" })

/** Kling's words for what it cuts out. */
const words: Readonly<Record<string, string>> = {
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

export const describeImage = defineTool({
  name: "describe_image",
  title: "Describe image",
  description: "Find object, head, face and clothes in a picture, each with its cut-out. Paid, answers at once.",
  toolset: "studio",
  charged: true,
  hints: paidHints,
  input,
  output: z.object({
    parts: z.array(z.object({ part: z.string(), found: z.boolean(), url: z.string() })),
    repeated: z.boolean(),
    quote: quoteFacts,
    ...receiptFacts
  }),
  plan: planOf,
  run: Effect.fnUntraced(function* (args) {
    const plan = yield* planOf(args)
    const called = yield* callPlan(plan, args)
    const parts = fitting(partsOf(called), (part) => [part, part, linkTo(part)])
    const repeated = "earlier" in called
    const receipt = receiptOfCall(plan.quote, called)
    return {
      facts: { parts: [...parts], repeated, quote: factsOfQuote(plan.quote), ...factsOfReceipt(receipt) },
      lines: [
        ...(repeated ? ["The same picture was asked a moment ago: nothing was sent again."] : []),
        ...parts.flatMap(({ part, found, url }, index) => [
          `Image ${index + 1}: ${part}${found ? "" : ", not in the picture"}`,
          ...(url === "" ? [] : [`- URL: ${url}`])
        ]),
        quoteLine(plan.quote),
        ...receiptLines(receipt)
      ],
      links: parts.flatMap(linkTo)
    }
  })
})

const linkTo = ({ part, url }: Part) => (url === "" ? [] : [{ uri: url, name: part, mimeType: "image/png" }])

/** Of a repeat only the cut-outs are kept, without their names. */
const partsOf = (called: Called): ReadonlyArray<Part> => {
  if ("earlier" in called) {
    const outputs = taskOfCall(called)?.outputs ?? []
    return outputs.flatMap((one) => (one.type === "image" ? [{ part: "part", found: true, url: one.url }] : []))
  }
  const { task_result } = called.data as OutputOfId<"legacy.image-recognize">
  return (task_result?.images ?? []).map(({ type, is_contain, url }) => ({
    part: words[type ?? ""] ?? "part",
    found: is_contain !== false && is_contain !== 0,
    url: url ?? ""
  }))
}
