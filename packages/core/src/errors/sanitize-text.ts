/**
 * Makes untrusted text (Kling's messages, file names) safe to display: removes control, bidirectional and tag
 * characters, collapses white space, and truncates to `maxLength` characters.
 */
export const sanitizeText = (value: string, maxLength = 300): string => {
  const plain = withoutControls(value.slice(0, maxLength * 4))
    .replaceAll(/\s+/g, " ")
    .trim()
  const characters = [...plain]
  return characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join("")}…` : plain
}

/** Replaces what moves a cursor, ends a line, reorders or hides text by a blank. */
export const withoutControls = (value: string): string =>
  value.search(controls) === -1 ? value : value.replaceAll(terminalSequence, "").replaceAll(controls, " ")

const terminalSequence = /\u001b\[[0-9;?]*[ -/]*[@-~]/g
const controls = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+/gu
