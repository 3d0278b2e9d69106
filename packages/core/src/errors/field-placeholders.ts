/**
 * A message about one field names others in braces, `needs {image} too`: each face puts its own name there, and an error
 * that no face has touched has the field's.
 */
export const fillNames = (message: string, nameOf: (field: string) => string): string =>
  message.replaceAll(/\{([a-z]\w*)\}/gi, (_, field: string) => nameOf(field))
