// PostgreSQL keeps no NUL, and no encoding keeps half of a surrogate pair.

/** For what is compared: it must come back as it was. */
export const isStorable = (text: string): boolean => !text.includes("\0") && text.isWellFormed()

/** For what is only shown. */
export const storable = (text: string): string => text.replaceAll("\0", "\uFFFD").toWellFormed()
