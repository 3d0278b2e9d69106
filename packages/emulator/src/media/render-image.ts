import { encode } from "fast-png"
import { createFrame, toRgb } from "./frame.ts"
import { checkSize, type ImageSpec } from "./media-request.ts"
import { createTestCard } from "./test-card.ts"
import type { FontFiles } from "./typeface.ts"

/** A PNG of the given size with the prompt drawn in. The same spec gives the same bytes. Throws a RangeError for an invalid size. */
export const renderImage = async (spec: ImageSpec, fonts: FontFiles): Promise<Uint8Array<ArrayBuffer>> => {
  checkSize(spec, 1)
  const frame = createFrame(spec.width, spec.height)
  const card = await createTestCard(spec, fonts)
  card.paint(frame, 0)
  return new Uint8Array(encode({ width: spec.width, height: spec.height, channels: 3, data: toRgb(frame) }))
}
