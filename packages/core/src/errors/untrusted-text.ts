/**
 * Text from outside (Kling's messages, file names), fit to be shown: control, bidirectional and tag characters gone,
 * white space folded, shortened to `maxLength` characters.
 */
export const untrustedText = (value: string, maxLength = 300): string => {
  const plain = value
    .slice(0, maxLength * 4)
    .replaceAll(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll(/\s+/g, " ")
    .trim()
  const characters = [...plain]
  return characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join("")}…` : plain
}
