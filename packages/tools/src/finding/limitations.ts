import { cannotCancel } from "@klingkit/core/internal"

/** What users ask for and no tool does. */
export interface Limitation {
  readonly what: string
  readonly instead: string
  /** What users say for this alone: single words. */
  readonly words: string
}

export const limitations: ReadonlyArray<Limitation> = [
  {
    what: cannotCancel,
    instead: "leave it alone, or use its result; to know the price before paying, call quote_cost",
    words: "cancel refund"
  },
  {
    what: "No tool joins videos into one file yet",
    instead: "make the next shot with extend_video, save each with download_task, and join the files in a video editor",
    words: "merge"
  },
  {
    what: "A video on this machine cannot be sent: Kling takes videos by URL only and has no upload",
    instead: "give the Task ID of a video that was made here, or host the file and give its https URL",
    words: "upload local attach attachment computer"
  },
  {
    what: "No tool upscales or sharpens what is there",
    instead:
      'make it again at a higher resolution: repeat_task with changes {"resolution": "1080p"} or "4k", where the model has it',
    words: "upscale blurry 8k"
  },
  {
    what: "No tool trims a video, changes its speed or converts files",
    instead: 'use a video editor; for another length, repeat_task with changes {"duration": 10}',
    words: "trim convert compress fps codec gif"
  },
  {
    what: "No tool lays speech under a video in which no face speaks",
    instead:
      "make the speech with generate_audio, kind speech, and add it in a video editor; a face that speaks: create_lipsync",
    words: "narration voice over"
  },
  {
    what: "No tool writes subtitles onto a video",
    instead: "use a video editor; Kling's own solution for episodes is solutions.drama_subtitle in call_kling_api",
    words: "subtitle overlay"
  }
]
