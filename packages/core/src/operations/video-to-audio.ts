import { silentVideo } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { flag, id, media, text } from "../params/param.ts"
import { perCall } from "../prices/call-prices.ts"
import { legacyOptions } from "./options.ts"
import { exactlyOne } from "./presence-rules.ts"

export const videoToAudio = operation({
  id: "legacy.video-to-audio",
  summary: "A sound track for a clip: effects, background music",
  family: "v2a",
  path: "/v1/audio/video-to-audio",
  since: "2025-08-01",
  params: {
    videoId: id("video_id", { sentAs: "string", notes: "of an earlier result; this or videoUrl" }),
    videoUrl: media("video_url", silentVideo, { notes: "this or videoId" }),
    soundEffectPrompt: text("sound_effect_prompt", { maxLength: 200 }),
    musicPrompt: text("bgm_prompt", { maxLength: 200, notes: "background music" }),
    asmrMode: flag("asmr_mode", { default: false, notes: "close, detailed sounds" }),
    callbackUrl: legacyOptions.callbackUrl
  },
  rules: [exactlyOne("videoId", "videoUrl")],
  price: () => perCall("video-to-audio"),
  usualSeconds: () => 60,
  example: { videoUrl: "https://example.com/walk.mp4", soundEffectPrompt: "footsteps on gravel" }
})
