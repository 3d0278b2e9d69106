// PostgreSQL cannot store NUL, and no encoding can store half of a surrogate pair.

/** For text that is compared: it must be read back unchanged. */
export const isStorable = (text: string): boolean => !text.includes("\0") && text.isWellFormed()

/** For text that is only displayed. */
export const storable = (text: string): string => text.replaceAll("\0", "\uFFFD").toWellFormed()
