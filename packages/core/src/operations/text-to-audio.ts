import { operation } from "../operation.ts"
import { number, string } from "../params/param.ts"
import { perCall } from "../prices/call-prices.ts"
import { legacyOptions } from "./options.ts"
import { orderedReferences } from "./prompt-references.ts"

export const textToAudio = operation({
  id: "legacy.text-to-audio",
  summary: "A sound effect from text",
  family: "t2a",
  path: "/v1/audio/text-to-audio",
  since: "2025-08-01",
  params: {
    prompt: string("prompt", { required: true, maxLength: 200 }),
    durationSeconds: number("duration", { required: true, min: 3, max: 10, notes: "at most one decimal" }),
    callbackUrl: legacyOptions.callbackUrl
  },
  rules: [
    orderedReferences(),
    {
      name: "duration-with-one-decimal",
      field: "durationSeconds",
      check: ({ durationSeconds }) => {
        const nearest = Math.round(durationSeconds * 10) / 10
        return nearest === durationSeconds
          ? undefined
          : `${durationSeconds} has too many decimals; did you mean ${nearest}?`
      }
    }
  ],
  price: () => perCall("text-to-audio"),
  expectedSeconds: () => 30,
  example: { prompt: "Rain on a tin roof", durationSeconds: 5 }
})
