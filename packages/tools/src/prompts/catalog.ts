import { productShot } from "./product-shot.ts"
import type { Prompt } from "./prompt.ts"
import { storyboard } from "./storyboard.ts"
import { talkingAvatar } from "./talking-avatar.ts"

/** Every prompt, in the order in which they are listed. */
export const prompts: ReadonlyArray<Prompt> = [storyboard, productShot, talkingAvatar]
