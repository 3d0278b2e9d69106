import { promptingKling } from "./prompting-kling.ts"
import type { Skill } from "./skill.ts"

export const skills: ReadonlyArray<Skill> = [promptingKling]
