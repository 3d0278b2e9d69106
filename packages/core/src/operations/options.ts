import { flag, text } from "../params/param.ts"

const callbackUrl = { notes: "called at every status change; poll as well, its retries are not documented" }
const watermark = { default: false, notes: "also make a copy with a watermark" }

/** What every create of the new generation takes beside its own parameters. */
export const newOptions = {
  callbackUrl: text("options.callback_url", callbackUrl),
  watermark: flag("options.watermark_info.enabled", watermark)
}

/** What most legacy creates take beside their own parameters. */
export const legacyOptions = {
  callbackUrl: text("callback_url", callbackUrl),
  watermark: flag("watermark_info.enabled", watermark)
}
