import { endOfScene, openScenes } from "../operations/effects-scenes.ts"
import { closestMatch } from "../params/closest-match.ts"

/** Scenes whose names contain all the words. */
export const scenesWith = (search: string): ReadonlyArray<string> => {
  const words = search
    .toLowerCase()
    .split(/[\s_,-]+/)
    .filter((word) => word !== "")
  return openScenes.filter((scene) => words.every((word) => scene.includes(word)))
}

const mostNamed = 12

/**
 * What is wrong with a scene name, with close matches; undefined for a known scene and for one that looks new: Kling adds
 * scenes nearly every week. The operation itself refuses retired scenes.
 */
export const sceneProblem = (scene: string): string | undefined => {
  if (openScenes.includes(scene) || endOfScene(scene) !== undefined) return undefined
  if (openScenes.some((open) => scene.startsWith(`${open}_`))) return undefined
  const near = closestMatch(scene, openScenes)
  const found = [...new Set([...(near === undefined ? [] : [near]), ...scenesWith(scene)])]
  if (found.length > 0) {
    const more = found.length > mostNamed ? ` and ${found.length - mostNamed} more` : ""
    return `is not a known scene; nearest: ${found.slice(0, mostNamed).join(", ")}${more}`
  }
  return /^[a-z0-9]+(_[a-z0-9]+)*$/.test(scene) ? undefined : "is not the name of a scene, such as kiss_pro"
}
