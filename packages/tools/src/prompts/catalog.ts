import { productShot } from "./product-shot.ts"
import type { Prompt } from "./prompt.ts"
import { storyboard } from "./storyboard.ts"
import { talkingAvatar } from "./talking-avatar.ts"

/** Every prompt, in listing order. */
export const prompts: ReadonlyArray<Prompt> = [storyboard, productShot, talkingAvatar]
