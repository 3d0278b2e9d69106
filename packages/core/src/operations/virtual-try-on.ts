import { legacyImage } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { choice, media } from "../params/param.ts"
import { unknownPrice } from "../prices/quote.ts"
import { legacyOptions } from "./options.ts"

export const legacyVirtualTryOn = operation({
  id: "legacy.virtual-try-on",
  summary: "A person in a garment, the older way; its successor is solutions.virtual_try_on",
  family: "tryon",
  path: "/v1/images/kolors-virtual-try-on",
  confidence: "medium",
  since: "2024",
  state: "unproven since 2026-09-15: Kling's log says that old calls go to version 3.0, others say it is switched off",
  models: ["kolors-virtual-try-on-v1", "kolors-virtual-try-on-v1-5"],
  params: {
    model: choice("model_name", ["kolors-virtual-try-on-v1", "kolors-virtual-try-on-v1-5"], {
      default: "kolors-virtual-try-on-v1",
      open: true
    }),
    humanImage: media("human_image", legacyImage, { required: true }),
    clothImage: media("cloth_image", legacyImage, { required: true }),
    callbackUrl: legacyOptions.callbackUrl
  },
  price: () => ({ ...unknownPrice("paid from a try-on pack; its price is not in Kling's table"), pack: "try-on" }),
  usualSeconds: () => 30,
  example: { humanImage: "https://example.com/portrait.jpg", clothImage: "https://example.com/coat.jpg" }
})
