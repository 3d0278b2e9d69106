import { Schema } from "effect"
import { legacyImage } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { media } from "../params/param.ts"
import { perCall } from "../prices/call-prices.ts"
import { maybe, WireId, WireNumber } from "../wire/fields.ts"

/** One cut-out: `object_seg`, `head_seg`, `face_seg` or `cloth_seg`, and whether the picture holds such a thing. */
const Segment = Schema.Struct({
  type: maybe(Schema.String),
  is_contain: maybe(Schema.Union([Schema.Boolean, WireNumber])),
  url: maybe(Schema.String)
})

export const imageRecognize = operation({
  id: "legacy.image-recognize",
  summary: "Cuts object, head, face and clothes out of a picture. Under /v1/videos in spite of its name",
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
  usualSeconds: () => 10,
  example: { image: "https://example.com/portrait.jpg" }
})
