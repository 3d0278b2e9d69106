import { useState } from "preact/hooks"
import { outputLabel } from "../format.ts"
import { safeUrl } from "../settings.ts"
import type { Output } from "../task.ts"
import { useAspectRatio } from "./use-aspect-ratio.ts"

interface Props {
  readonly output: Output
  readonly label: string
}

/** A video, image or audio player, loaded straight from its URL; a note where it cannot be shown. */
export const Media = (props: Props) => {
  const url = safeUrl(props.output.url)
  return <MediaOf key={url} url={url} {...props} />
}

const MediaOf = ({ output, label, url }: Props & { readonly url: string | undefined }) => {
  const [hasFailed, setHasFailed] = useState(false)
  const { style, onVideo, onImage } = useAspectRatio()
  const shared = { src: url, onError: () => setHasFailed(true) }
  const shown =
    url === undefined || hasFailed ? undefined : output.type === "video" ? (
      <video aria-label={label} controls playsInline preload="metadata" onLoadedMetadata={onVideo} {...shared} />
    ) : output.type === "image" ? (
      <img alt={label} decoding="async" onLoad={onImage} {...shared} />
    ) : output.type === "audio" || output.type === "voice" ? (
      <audio aria-label={label} controls preload="metadata" {...shared} />
    ) : undefined
  return (
    <div class="media" style={style}>
      {shown ?? <NotShown output={output} />}
    </div>
  )
}

const NotShown = ({ output }: { readonly output: Output }) => {
  if (output.url === undefined)
    return (
      <div class="not-shown">
        <p>{outputLabel(output)}: no file</p>
        {output.id !== undefined && <p class="quiet mono">{output.id}</p>}
      </div>
    )
  return (
    <div class="not-shown">
      <p>{outputLabel(output)}: no preview here</p>
      <p class="quiet">Open it in the browser or save it.</p>
    </div>
  )
}
