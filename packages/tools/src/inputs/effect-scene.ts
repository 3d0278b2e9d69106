import { endOfScene, nearestWord, openScenes } from "@klingkit/core"

/** Scenes that have all the words in their name. */
export const scenesWith = (search: string): ReadonlyArray<string> => {
  const words = search
    .toLowerCase()
    .split(/[\s_,-]+/)
    .filter((word) => word !== "")
  return openScenes.filter((scene) => words.every((word) => scene.includes(word)))
}

const mostNamed = 12

/**
 * Why a scene is not what was meant, with the ones that may have been; nothing for a scene that klingkit knows, or for one
 * that looks new: Kling adds scenes nearly every week. Ended ones are the operation's to refuse.
 */
export const sceneProblem = (scene: string): string | undefined => {
  if (openScenes.includes(scene) || endOfScene(scene) !== undefined) return undefined
  if (openScenes.some((open) => scene.startsWith(`${open}_`))) return undefined
  const near = nearestWord(scene, openScenes)
  const found = [...new Set([...(near === undefined ? [] : [near]), ...scenesWith(scene)])]
  if (found.length > 0) {
    const more = found.length > mostNamed ? ` and ${found.length - mostNamed} more` : ""
    return `is no scene that is known; nearest: ${found.slice(0, mostNamed).join(", ")}${more}`
  }
  return /^[a-z0-9]+(_[a-z0-9]+)*$/.test(scene)
    ? undefined
    : "is not the name of a scene, such as kiss_pro; list_models with kind effect finds them by words"
}
