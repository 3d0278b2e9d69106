/** What several video tools say of the same arguments, in short: every one of them says it again. */
export const videoDescriptions = {
  multiShot: "",
  shots: "In place of prompt",
  referenceImages: "In prompt: @image_1",
  elements: "In prompt: @element_1",
  voices: "In prompt: @voice_1"
}

/** Of a tool that takes few of them, beside others that say it. */
export const namesOnly = { referenceImages: "", elements: "" }
