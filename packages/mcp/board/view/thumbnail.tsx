import { useLayoutEffect, useRef, useState } from "preact/hooks"
import { outputLabel } from "../format.ts"
import { safeUrl } from "../settings.ts"
import type { Output } from "../task.ts"
import { useAspectRatio } from "./use-aspect-ratio.ts"

/** A thumbnail: loaded once it is visible, muted, and skipped by the keyboard. */
export const Thumbnail = ({ output }: { readonly output: Output | undefined }) => {
  const url = safeUrl(output?.url)
  if (output === undefined || url === undefined || (output.type !== "video" && output.type !== "image"))
    return <span class="thumbnail quiet">{output === undefined ? "No result" : outputLabel(output)}</span>
  return <LoadedThumbnail key={url} url={url} output={output} />
}

const LoadedThumbnail = ({ url, output }: { readonly url: string; readonly output: Output }) => {
  const frame = useRef<HTMLSpanElement>(null)
  const [isNear, setIsNear] = useState(false)
  const [hasFailed, setHasFailed] = useState(false)
  const { style, onImage } = useAspectRatio()

  useLayoutEffect(() => {
    if (frame.current === null) return undefined
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return
      observer.disconnect()
      setIsNear(true)
    })
    observer.observe(frame.current)
    return () => observer.disconnect()
  }, [])

  const onError = () => setHasFailed(true)
  // Some browsers draw no frame of a video without a time offset.
  const video = isNear ? `${url}#t=0.1` : undefined
  return (
    <span class="thumbnail" ref={frame} style={style}>
      {hasFailed ? (
        <span class="quiet">{outputLabel(output)}</span>
      ) : output.type === "video" ? (
        <video aria-hidden="true" tabIndex={-1} muted preload="metadata" src={video} onError={onError} />
      ) : (
        <img aria-hidden="true" alt="" src={isNear ? url : undefined} onLoad={onImage} onError={onError} />
      )}
    </span>
  )
}
