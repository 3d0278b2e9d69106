import { bundle } from "../../rolldown.base.ts"

// The media stack stays outside the bundle: it loads WebAssembly and fonts from its own package folders.
export default bundle({ main: "src/server/main.ts", index: "src/index.ts" }, [
  "@fontsource-variable/noto-sans-sc",
  "fast-png",
  "fontkitten",
  "h264-mp4-encoder",
  "wawoff2"
])
