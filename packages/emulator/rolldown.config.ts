import { bundle } from "../../rolldown.base.ts"

// The media stack stays outside the bundle: it is only loaded on the media thread, from its own package folders.
export default bundle(
  { main: "src/server/main.ts", index: "src/index.ts", "media-worker": "src/server/media-worker.ts" },
  [
    "@breezystack/lamejs",
    "@fontsource-variable/noto-sans-sc",
    "fast-png",
    "fontkitten",
    "h264-mp4-encoder",
    "mediabunny",
    "wawoff2"
  ]
)
