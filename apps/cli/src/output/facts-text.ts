/** An object as lines of `name: value`; a nested object is one line. */
export const factsText = (facts: Readonly<Record<string, unknown>>): string =>
  Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${factText(value)}`)
    .join("\n")

const factText = (value: unknown): string => {
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(factText).join(", ")
  if (typeof value !== "object" || value === null) return String(value)
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${factText(inner)}`)
    .join(", ")
}
