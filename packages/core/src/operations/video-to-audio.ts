import { silentVideo } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { boolean, id, media, string } from "../params/param.ts"
import { perCall } from "../prices/call-prices.ts"
import { legacyOptions } from "./options.ts"
import { exactlyOne } from "./presence-rules.ts"

export const videoToAudio = operation({
  id: "legacy.video-to-audio",
  summary: "A soundtrack for a video: sound effects and background music",
  family: "v2a",
  path: "/v1/audio/video-to-audio",
  since: "2025-08-01",
  params: {
    videoId: id("video_id", {
      resultOf: "video",
      encodedAs: "string",
      notes: "of an earlier result; this or videoUrl"
    }),
    videoUrl: media("video_url", silentVideo, { notes: "this or videoId" }),
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
