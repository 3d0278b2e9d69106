import { Context } from "effect"

/**
 * Whether the face asks a person by itself before a dear call passes. Then no token is handed to the model, which could
 * say yes in the person's place.
 */
export const PersonIsAsked = Context.Reference<boolean>("@klingkit/tools/PersonIsAsked", { defaultValue: () => false })
