import { legacyImage } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { media } from "../params/param.ts"
import { perImage } from "../prices/image-prices.ts"
import { legacyOptions } from "./options.ts"

export const aiMultiShot = operation({
  id: "legacy.ai-multi-shot",
  summary: "Generates other views of an element from its front view",
  family: "multishot",
  path: "/v1/general/ai-multi-shot",
  since: "2026-01-23",
  params: {
    frontalImage: media("element_frontal_image", legacyImage, { required: true }),
    callbackUrl: legacyOptions.callbackUrl
  },
  price: () => perImage("ai-multi-shot", "one call", 1),
  expectedSeconds: () => 45,
  example: { frontalImage: "https://example.com/portrait.jpg" }
})
