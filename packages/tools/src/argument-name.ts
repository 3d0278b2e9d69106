import { type NameOf, snakeName } from "@klingkit/core/requests"

/** What a tool calls a request's field: the word that hosts know, else the field's own in snake_case. */
export const argumentName: NameOf = ({ aliases }, field) =>
  Object.entries(aliases).find(([, meant]) => meant === field)?.[0] ?? snakeName(field)
