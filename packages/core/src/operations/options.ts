import { boolean, string } from "../params/param.ts"

const callbackUrl = {
  isUrl: true,
  notes: "called on every status change; poll as well, since its retries are not documented"
}
const watermark = { default: false, sendDefault: false, notes: "also make a copy with a watermark" }

/** Parameters shared by every create of the new generation. */
export const newOptions = {
  callbackUrl: string("options.callback_url", callbackUrl),
  watermark: boolean("options.watermark_info.enabled", watermark)
}

/** Parameters shared by most legacy creates. */
export const legacyOptions = {
  callbackUrl: string("callback_url", callbackUrl),
  watermark: boolean("watermark_info.enabled", watermark)
}
