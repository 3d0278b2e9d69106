import type { TargetedEvent } from "preact"
import { useState } from "preact/hooks"

/** Until a file has loaded, its frame has the requested aspect ratio, so that the page does not jump; then its own. */
export const useAspectRatio = () => {
  const [ratio, setRatio] = useState<string | undefined>(undefined)
  const set = (width: number, height: number) => {
    if (width > 0 && height > 0) setRatio(`${width} / ${height}`)
  }
  return {
    style: ratio === undefined ? {} : { "--ratio": ratio },
    onVideo: ({ currentTarget }: TargetedEvent<HTMLVideoElement>) =>
      set(currentTarget.videoWidth, currentTarget.videoHeight),
    onImage: ({ currentTarget }: TargetedEvent<HTMLImageElement>) =>
      set(currentTarget.naturalWidth, currentTarget.naturalHeight)
  }
}
