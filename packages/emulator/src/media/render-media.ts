import type { MediaRequest, RenderedMedia } from "./media-request.ts"
import { renderAudio } from "./render-audio.ts"
import { renderImage } from "./render-image.ts"
import { renderVideo } from "./render-video.ts"
import type { FontFiles } from "./typeface.ts"

/** Renders a media request. Rejects with a RangeError that names the field when a limit is exceeded. */
export const renderMedia = async (request: MediaRequest, fonts: FontFiles): Promise<RenderedMedia> => {
  switch (request.kind) {
    case "video":
      return { bytes: await renderVideo(request, fonts), contentType: "video/mp4" }
    case "image":
      return { bytes: await renderImage(request, fonts), contentType: "image/png" }
    case "audio":
      return { bytes: renderAudio(request), contentType: request.format === "wav" ? "audio/wav" : "audio/mpeg" }
  }
}
