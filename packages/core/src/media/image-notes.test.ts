import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { Base64 } from "effect/encoding"
import { operations } from "../operations/catalog.ts"
import { planOperation } from "../plan/plan-operation.ts"
import { planImage } from "../plan/plan-image.ts"
import { planVideo } from "../plan/plan-video.ts"
import { jpeg } from "../testing/image-headers.ts"

const image = (...args: Parameters<typeof jpeg>) => Base64.encode(jpeg(...args))
const turned = "is turned by its EXIF orientation"

describe("an image that Kling may see in another way", () => {
  it.effect("is accepted with a note, under the field that the caller knows", () =>
    Effect.gen(function* () {
      const images = { image: image(800, 600, { orientation: 6 }), lastImage: image(800, 600, { isCmyk: true }) }
      const plan = yield* planVideo({ model: "kling-3.0", prompt: "a boat", ...images }, "api-key")
      expect(plan.warnings).toEqual([
        `image ${turned} (6), which Kling may ignore: it is checked as displayed, 600x800 pixels, and may be seen as 800x600; to be sure, save it upright`,
        "lastImage is a CMYK JPEG, which Kling may refuse or show in other colours; to be sure, save it as RGB"
      ])
      expect((yield* planImage({ prompt: "a boat", image: image(800, 600, { orientation: 3 }) })).warnings).toEqual([
        `image ${turned} (3), which Kling may ignore: it may be seen turned or mirrored; to be sure, save it upright`
      ])
    })
  )

  it.effect("is found in lists too, and nothing is said of others", () =>
    Effect.gen(function* () {
      const ofMany = (...images: ReadonlyArray<string>) =>
        planOperation(operations["legacy.images.multi-image2image"], {
          subjectImages: images
        })
      const upright = image(800, 600, { orientation: 1 })
      const plan = yield* ofMany(upright, image(600, 600, { orientation: 8 }))
      expect(plan.warnings).toEqual([expect.stringContaining(`subjectImages[1] ${turned} (8)`)])
      expect((yield* ofMany(upright, "https://example.com/cat.jpg")).warnings).toEqual([])
    })
  )
})
