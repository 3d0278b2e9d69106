import type { TaskOutput } from "@klingkit/core"

/** What a finished element or voice is for: which argument of which tool takes its id. */
export const useOf = (outputs: ReadonlyArray<TaskOutput>): string | undefined => {
  for (const output of outputs) {
    if (output.type === "element") {
      return `Give ${output.id} as element_ids to generate_video, generate_image_to_video, extend_video or edit_video, where the prompt calls it @element_1, or to edit_image.`
    }
    if (output.type === "voice") {
      return `Give ${output.id} as voice_ids to generate_image_to_video, where the prompt calls it @voice_1, or as voice_id when manage_elements creates an element.`
    }
  }
  return undefined
}

const takenAs: Readonly<Record<string, string>> = { element: "element_ids", voice: "voice_ids" }

/** What to do when a task of this family has finished. */
export const afterWait = (family: string): string => {
  const argument = takenAs[family]
  return argument === undefined ? "then download_task" : `then give the ID in its result as ${argument}`
}
