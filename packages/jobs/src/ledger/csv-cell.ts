/** A spreadsheet takes a text that begins like this for a formula. */
const formula = /^[=+\-@\t\r]/

/** A cell of CSV (RFC 4180). A text that a spreadsheet would run begins with an apostrophe. */
export const csvCell = (value: string | number | undefined): string => {
  if (typeof value !== "string") return value === undefined ? "" : String(value)
  const text = formula.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
