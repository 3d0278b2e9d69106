import { legacyImage } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { enumOf, media } from "../params/param.ts"
import { unknownPrice } from "../prices/quote.ts"
import { legacyOptions } from "./options.ts"

export const legacyVirtualTryOn = operation({
  id: "legacy.virtual-try-on",
  summary: "A person in a garment, the older operation; replaced by solutions.virtual_try_on",
  family: "tryon",
  path: "/v1/images/kolors-virtual-try-on",
  confidence: "medium",
  since: "2024",
  state:
    "unconfirmed since 2026-09-15: Kling's changelog says that old calls use version 3.0, other sources that it is gone",
  models: ["kolors-virtual-try-on-v1", "kolors-virtual-try-on-v1-5"],
  params: {
    model: enumOf("model_name", ["kolors-virtual-try-on-v1", "kolors-virtual-try-on-v1-5"], {
      default: "kolors-virtual-try-on-v1",
      allowUnknown: true
    }),
    humanImage: media("human_image", legacyImage, { required: true }),
    clothImage: media("cloth_image", legacyImage, { required: true }),
    callbackUrl: legacyOptions.callbackUrl
  },
  price: () => ({ ...unknownPrice("paid from a try-on pack; not on Kling's price list"), pack: "try-on" }),
  expectedSeconds: () => 30,
  example: { humanImage: "https://example.com/portrait.jpg", clothImage: "https://example.com/coat.jpg" }
})
