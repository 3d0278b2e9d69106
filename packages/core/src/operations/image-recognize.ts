import { Schema } from "effect"
import { legacyImage } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { media } from "../params/param.ts"
import { perCall } from "../prices/call-prices.ts"
import { maybe, WireId, WireNumber } from "../wire/fields.ts"

/** One segment: `object_seg`, `head_seg`, `face_seg` or `cloth_seg`, and whether the image contains it. */
const Segment = Schema.Struct({
  type: maybe(Schema.String),
  is_contain: maybe(Schema.Union([Schema.Boolean, WireNumber])),
  url: maybe(Schema.String)
})

export const imageRecognize = operation({
  id: "legacy.image-recognize",
  summary: "Segments object, head, face and clothes of an image. Under /v1/videos despite its name",
  family: "recognize",
  kind: "call",
  billed: true,
  path: "/v1/videos/image-recognize",
  since: "2025-10-20",
  params: { image: media("image", legacyImage, { required: true }) },
  output: Schema.Struct({
    task_id: maybe(WireId),
    task_status: maybe(Schema.String),
    task_result: maybe(Schema.Struct({ images: maybe(Schema.Array(Segment)) }))
  }),
  price: () => perCall("image-recognize"),
  expectedSeconds: () => 10,
  example: { image: "https://example.com/portrait.jpg" }
})
