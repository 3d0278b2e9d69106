/**
 * Makes untrusted text (Kling's messages, file names) safe to display: removes control, bidirectional and tag
 * characters, collapses white space, and truncates to `maxLength` characters.
 */
export const sanitizeText = (value: string, maxLength = 300): string => {
  const plain = value
    .slice(0, maxLength * 4)
    .replaceAll(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll(/\s+/g, " ")
    .trim()
  const characters = [...plain]
  return characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join("")}…` : plain
}
