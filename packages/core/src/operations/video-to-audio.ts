import { silentVideo } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { boolean, string } from "../params/param.ts"
import { perCall } from "../prices/call-prices.ts"
import { legacyOptions } from "./options.ts"
import { exactlyOne } from "./presence-rules.ts"
import { sourceVideo } from "./source-video.ts"

export const videoToAudio = operation({
  id: "legacy.video-to-audio",
  summary: "A soundtrack for a video: sound effects and background music",
  family: "v2a",
  path: "/v1/audio/video-to-audio",
  since: "2025-08-01",
  params: {
    ...sourceVideo(silentVideo),
    soundEffectPrompt: string("sound_effect_prompt", { maxLength: 200 }),
    musicPrompt: string("bgm_prompt", { maxLength: 200, notes: "background music" }),
    asmrMode: boolean("asmr_mode", { default: false, notes: "close, detailed sounds" }),
    callbackUrl: legacyOptions.callbackUrl
  },
  rules: [exactlyOne("videoId", "videoUrl")],
  price: () => perCall("video-to-audio"),
  expectedSeconds: () => 60,
  example: { videoUrl: "https://example.com/walk.mp4", soundEffectPrompt: "footsteps on gravel" }
})
