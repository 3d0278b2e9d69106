import { describe, expect, it } from "vitest"
import type { AnyOperation } from "../operation.ts"
import { catalog, findOperation } from "./catalog.ts"
import { derivedReads } from "./derived-reads.ts"

// id, method, path, whether it is paid, generation, confidence: what Kling has, independent of the declarations.
const operations = `
new.t2v.kling-3.0-turbo POST /text-to-video/kling-3.0-turbo paid new high
new.i2v.kling-3.0-turbo POST /image-to-video/kling-3.0-turbo paid new high
new.t2v.kling-3.0 POST /text-to-video/kling-3.0 paid new high
new.i2v.kling-3.0 POST /image-to-video/kling-3.0 paid new high
new.omni.kling-3.0-omni POST /omni-video/kling-3.0-omni paid new high
new.omni.kling-o1 POST /omni-video/kling-o1 paid new high
new.motion.kling-3.0 POST /motion-control/kling-3.0 paid new high
new.motion.kling-2.6 POST /motion-control/kling-2.6 paid new high
new.t2v.kling-2.6 POST /text-to-video/kling-2.6 paid new high
new.i2v.kling-2.6 POST /image-to-video/kling-2.6 paid new high
new.t2v.kling-2.5-turbo POST /text-to-video/kling-2.5-turbo paid new high
new.i2v.kling-2.5-turbo POST /image-to-video/kling-2.5-turbo paid new high
new.tasks.get GET /tasks free new high
new.tasks.list POST /tasks free new high
solutions.virtual_try_on POST /solutions/virtual_try_on paid solutions medium
solutions.clothing_dupe POST /solutions/e-commerce/clothing_dupe paid solutions medium
solutions.goods_studio POST /solutions/e-commerce/goods_studio paid solutions medium
solutions.talking_agent POST /solutions/talking_agent paid solutions low
solutions.drama_subtitle POST /solutions/drama_subtitle paid solutions low
solutions.get GET /solutions free solutions medium
solutions.list POST /solutions free solutions medium
new.t2v.kling-4.0 POST /text-to-video/kling-4.0 paid new low
new.i2v.kling-4.0 POST /image-to-video/kling-4.0 paid new low
new.omni.kling-4.0 POST /omni-video/kling-4.0 paid new low
new.extend.kling-4.0 POST /video-extend/kling-4.0 paid new low
new.t2v.kling-4.0-flash POST /text-to-video/kling-4.0-flash paid new low
new.i2v.kling-4.0-flash POST /image-to-video/kling-4.0-flash paid new low
new.omni.kling-4.0-flash POST /omni-video/kling-4.0-flash paid new low
new.image.kling-image-4.0 POST /image-generation/kling-image-4.0 paid new low
new.image.kling-long-image-4.0 POST /image-generation/kling-long-image-4.0 paid new low
legacy.text2video POST /v1/videos/text2video paid legacy high
legacy.image2video POST /v1/videos/image2video paid legacy high
legacy.multi-image2video POST /v1/videos/multi-image2video paid legacy medium
legacy.omni-video POST /v1/videos/omni-video paid legacy high
legacy.motion-control POST /v1/videos/motion-control paid legacy high
legacy.video-extend POST /v1/videos/video-extend paid legacy medium
legacy.identify-face POST /v1/videos/identify-face paid legacy high
legacy.advanced-lip-sync POST /v1/videos/advanced-lip-sync paid legacy high
legacy.lip-sync POST /v1/videos/lip-sync paid legacy medium
legacy.avatar POST /v1/videos/avatar/image2video paid legacy high
legacy.effects POST /v1/videos/effects paid legacy high
legacy.multi-elements.init-selection POST /v1/videos/multi-elements/init-selection free legacy high
legacy.multi-elements.add-selection POST /v1/videos/multi-elements/add-selection free legacy high
legacy.multi-elements.delete-selection POST /v1/videos/multi-elements/delete-selection free legacy high
legacy.multi-elements.clear-selection POST /v1/videos/multi-elements/clear-selection free legacy high
legacy.multi-elements.preview-selection POST /v1/videos/multi-elements/preview-selection free legacy high
legacy.multi-elements POST /v1/videos/multi-elements paid legacy medium
legacy.image-recognize POST /v1/videos/image-recognize paid legacy high
legacy.tts POST /v1/audio/tts paid legacy high
legacy.text-to-audio POST /v1/audio/text-to-audio paid legacy high
legacy.video-to-audio POST /v1/audio/video-to-audio paid legacy high
legacy.images.generations POST /v1/images/generations paid legacy high
legacy.images.omni-image POST /v1/images/omni-image paid legacy high
legacy.images.multi-image2image POST /v1/images/multi-image2image paid legacy high
legacy.images.expand POST /v1/images/editing/expand paid legacy high
legacy.ai-multi-shot POST /v1/general/ai-multi-shot paid legacy high
legacy.virtual-try-on POST /v1/images/kolors-virtual-try-on paid legacy medium
legacy.elements.create POST /v1/general/advanced-custom-elements free legacy high
legacy.elements.presets GET /v1/general/advanced-presets-elements free legacy high
legacy.elements.delete POST /v1/general/delete-advanced-elements free legacy high
legacy.elements-old.create POST /v1/general/custom-elements free legacy low
legacy.elements-old.presets GET /v1/general/presets-elements free legacy low
legacy.elements-old.list GET /v1/general/custom-elements free legacy low
legacy.elements-old.delete POST /v1/general/delete-elements free legacy high
legacy.voices.create POST /v1/general/custom-voices paid legacy high
legacy.voices.presets GET /v1/general/presets-voices free legacy high
legacy.voices.delete POST /v1/general/delete-voices free legacy high
account.costs GET /account/costs free account high
account.billing.package POST /account/billing/package free account high
account.billing.balance POST /account/billing/balance free account high
`

// The reads of the legacy creates; all are GET, free and legacy.
const reads = `
legacy.text2video.get /v1/videos/text2video/{task_id} high
legacy.text2video.list /v1/videos/text2video high
legacy.image2video.get /v1/videos/image2video/{task_id} high
legacy.image2video.list /v1/videos/image2video high
legacy.multi-image2video.get /v1/videos/multi-image2video/{task_id} medium
legacy.multi-image2video.list /v1/videos/multi-image2video medium
legacy.omni-video.get /v1/videos/omni-video/{task_id} high
legacy.omni-video.list /v1/videos/omni-video high
legacy.motion-control.get /v1/videos/motion-control/{task_id} high
legacy.motion-control.list /v1/videos/motion-control high
legacy.video-extend.get /v1/videos/video-extend/{task_id} medium
legacy.video-extend.list /v1/videos/video-extend medium
legacy.advanced-lip-sync.get /v1/videos/advanced-lip-sync/{task_id} high
legacy.advanced-lip-sync.list /v1/videos/advanced-lip-sync high
legacy.lip-sync.get /v1/videos/lip-sync/{task_id} medium
legacy.lip-sync.list /v1/videos/lip-sync medium
legacy.avatar.get /v1/videos/avatar/image2video/{task_id} high
legacy.avatar.list /v1/videos/avatar/image2video high
legacy.effects.get /v1/videos/effects/{task_id} high
legacy.effects.list /v1/videos/effects high
legacy.multi-elements.get /v1/videos/multi-elements/{task_id} medium
legacy.multi-elements.list /v1/videos/multi-elements medium
legacy.text-to-audio.get /v1/audio/text-to-audio/{task_id} high
legacy.text-to-audio.list /v1/audio/text-to-audio high
legacy.video-to-audio.get /v1/audio/video-to-audio/{task_id} high
legacy.video-to-audio.list /v1/audio/video-to-audio high
legacy.images.generations.get /v1/images/generations/{task_id} high
legacy.images.generations.list /v1/images/generations high
legacy.images.omni-image.get /v1/images/omni-image/{task_id} high
legacy.images.omni-image.list /v1/images/omni-image high
legacy.images.multi-image2image.get /v1/images/multi-image2image/{task_id} high
legacy.images.multi-image2image.list /v1/images/multi-image2image high
legacy.images.expand.get /v1/images/editing/expand/{task_id} high
legacy.images.expand.list /v1/images/editing/expand high
legacy.ai-multi-shot.get /v1/general/ai-multi-shot/{task_id} high
legacy.ai-multi-shot.list /v1/general/ai-multi-shot high
legacy.virtual-try-on.get /v1/images/kolors-virtual-try-on/{task_id} medium
legacy.virtual-try-on.list /v1/images/kolors-virtual-try-on medium
legacy.elements.create.get /v1/general/advanced-custom-elements/{task_id} high
legacy.elements.create.list /v1/general/advanced-custom-elements high
legacy.voices.create.get /v1/general/custom-voices/{task_id} high
legacy.voices.create.list /v1/general/custom-voices high
`

const lines = (table: string) => table.trim().split("\n").toSorted()
const row = ({ id, method, path, billed, generation, confidence }: AnyOperation) =>
  [id, method, path, billed ? "paid" : "free", generation, confidence].join(" ")

describe("the catalog", () => {
  it("holds every operation of Kling, and nothing else", () => {
    expect(catalog.map(row).toSorted()).toEqual(lines(operations))
  })

  it("derives the reads of every legacy create", () => {
    expect(derivedReads.map(({ id, path, confidence }) => [id, path, confidence].join(" ")).toSorted()).toEqual(
      lines(reads)
    )
    for (const read of derivedReads) {
      expect(read).toMatchObject({ kind: "read", method: "GET", billed: false, generation: "legacy", listed: false })
      expect(read.output).toBeDefined()
    }
  })

  it("limits lists to 500 records per page, and voices to 1000", () => {
    const pageSize = (id: string) => derivedReads.find((read) => read.id === id)?.params["pageSize"]?.type
    expect(pageSize("legacy.text2video.list")).toMatchObject({ min: 1, max: 500 })
    expect(pageSize("legacy.voices.create.list")).toMatchObject({ min: 1, max: 1000 })
  })

  it("finds an operation by its id", () => {
    expect(findOperation("legacy.images.expand")?.path).toBe("/v1/images/editing/expand")
    expect(findOperation("legacy.images.unheard-of")).toBeUndefined()
  })

  it("has one family per task path, valid in a handle", () => {
    const creates = catalog.filter((one) => one.kind === "create")
    for (const one of creates) expect(one.family).toMatch(/^[a-z0-9]+$/)
    const pathsOf = Map.groupBy(
      creates.filter((one) => one.generation === "legacy"),
      (one) => one.family
    )
    for (const [family, those] of pathsOf)
      expect([family, those.map((one) => one.path)]).toEqual([family, [those[0]?.path]])
  })
})
