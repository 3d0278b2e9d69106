/** One thing that a tool does, as a user may want it. */
export interface Capability {
  readonly tool: string
  readonly does: string
  /** The arguments by which it does that. */
  readonly how: string
  /** What else users say for it: single words. */
  readonly words: string
  /** Kling's operations that do it, by family. */
  readonly families?: ReadonlyArray<string>
}

/** What each tool does, by the requests that lead to it. */
export const capabilities: ReadonlyArray<Capability> = [
  {
    tool: "generate_video",
    does: "Create a video from a text prompt, vertical or wide, with audio",
    how: "prompt; aspect_ratio 9:16, duration, audio native",
    words: "video text scene story vertical sound 4k 1080p hd",
    families: ["t2v"]
  },
  {
    tool: "generate_image_to_video",
    does: "Animate an image: a video that starts from it, and may end at another",
    how: "image_url, prompt; image_tail_url",
    words: "image video animate alive living frame start first last keyframe loop",
    families: ["i2v"]
  },
  {
    tool: "extend_video",
    does: "Extend a video: the next shot, as a new video that continues it",
    how: "task_id, prompt",
    words: "extend next shot follow second part",
    families: ["extend"]
  },
  {
    tool: "edit_video",
    does: "Edit a video: replace or remove the background, a subject or the style",
    how: "task_id, prompt",
    words: "edit replace remove background object colour color restyle style transform erase add",
    families: ["omni", "multielements"]
  },
  {
    tool: "create_lipsync",
    does: "Make the face in a video speak: lip-sync to text or a recording",
    how: "video_url; tts_text or audio_url",
    words: "lip lips lipsync mouth speak face dubbing dialogue translate",
    families: ["lipsync", "lipsyncold"]
  },
  {
    tool: "create_avatar_video",
    does: "Make a portrait image speak: an avatar, a talking head",
    how: "image_url; audio_url with the Task ID of generate_audio, kind speech",
    words: "avatar speak portrait head face presenter spokesperson sing",
    families: ["avatar", "talking"]
  },
  {
    tool: "control_motion",
    does: "Transfer the motion of a video to the person in an image",
    how: "image_url, video_url",
    words: "motion dance imitate mimic copy transfer puppet act mocap",
    families: ["motion"]
  },
  {
    tool: "apply_video_effect",
    does: "Create a video from one or two images with a preset effect: hug, kiss, dance",
    how: "image_urls, effect_scene; scenes: list_models, kind effect",
    words: "effect preset template hug kiss squish funny filter meme",
    families: ["effects"]
  },
  {
    tool: "generate_image",
    does: "Create images from a prompt, also after a reference image",
    how: "prompt; num_images, ref_image_url",
    words: "image text logo 4k poster wallpaper reference",
    families: ["img", "image"]
  },
  {
    tool: "edit_image",
    does: "Expand an image beyond its edges, to another aspect ratio",
    how: "action expand, image_urls, aspect_ratio",
    words: "expand ratio vertical canvas beyond edge edges uncrop background fill",
    families: ["expand"]
  },
  {
    tool: "edit_image",
    does: "Edit an image as a prompt says: replace or remove the background or an object, another style",
    how: "action omni, image_urls, prompt with <<<image_1>>>",
    words:
      "edit replace remove background object erase style restyle recolor inpaint face restore color transparent add series",
    families: ["omniimg"]
  },
  {
    tool: "edit_image",
    does: "Combine the subjects of several images into one image",
    how: "action combine, image_urls, scene_image_url, style_image_url",
    words: "combine merge image together collage subjects group",
    families: ["mi2i"]
  },
  {
    tool: "describe_image",
    does: "Cut out the object, head, face or clothes of an image, without its background",
    how: "image_url",
    words: "cutout segment mask remove background transparent isolate describe recognize",
    families: ["recognize"]
  },
  {
    tool: "virtual_try_on",
    does: "Try clothes on: one image wears the garment of another",
    how: "person_image_url, cloth_image_urls",
    words: "try clothes fitting model fashion tryon dress",
    families: ["tryon", "vton", "clothing"]
  },
  {
    tool: "generate_audio",
    does: "Speech from text",
    how: "kind speech, text, voice",
    words: "speak speech tts read aloud text narration",
    families: ["tts"]
  },
  {
    tool: "generate_audio",
    does: "A sound effect from a prompt",
    how: "kind effect, prompt",
    words: "sound effect",
    families: ["t2a"]
  },
  {
    tool: "generate_audio",
    does: "A soundtrack for a video: sound and background music",
    how: "kind soundtrack, video_url, music_prompt",
    words: "sound music soundtrack video silent",
    families: ["v2a"]
  },
  {
    tool: "manage_elements",
    does: "Keep a character or object the same in several videos and images: an element",
    how: "action create, name, description, image_urls; then give its id to later calls",
    words: "character consistent consistency same reuse element identity list delete",
    families: ["element", "multishot"]
  },
  {
    tool: "manage_voices",
    does: "Clone a voice, list or delete voices for videos",
    how: "action create, voice_url; action list, presets, delete",
    words: "voice clone own custom presets",
    families: ["voice"]
  },
  {
    tool: "repeat_task",
    does: "Repeat a task with changes: vertical, longer, cheaper, with sound",
    how: "task_id, changes",
    words: "repeat same vertical version variant different duration resolution 4k 1080p hd quality"
  },
  {
    tool: "quote_cost",
    does: "The price of a call, before it is paid",
    how: "tool, arguments",
    words: "price budget before",
    families: []
  },
  {
    tool: "wait_for_task",
    does: "Wait for a task and get its results",
    how: "task_id",
    words: "wait ready done finish finished progress result"
  },
  {
    tool: "check_video_status",
    does: "The status of a task, and why it failed",
    how: "task_id",
    words: "status check fail failed why error progress state"
  },
  {
    tool: "check_image_status",
    does: "The status of an image task, with a preview",
    how: "task_id, preview",
    words: "status image check preview see look"
  },
  {
    tool: "download_task",
    does: "Save the files of a task on this machine",
    how: "task_id",
    words: "save file folder disk mp4 computer"
  },
  {
    tool: "list_tasks",
    does: "List earlier tasks, or find them by words of the prompt",
    how: "search, status, start_time",
    words: "list task find yesterday search job",
    families: ["tasks"]
  },
  {
    tool: "list_models",
    does: "List models, and effect scenes, with what each can do",
    how: "kind",
    words: "list model capability which best version scenes effects resolution duration"
  },
  {
    tool: "get_resource_packages",
    does: "Resource packs of the account, their units and expiry",
    how: "",
    words: "balance pack package expiry quota subscription account",
    families: ["account"]
  },
  {
    tool: "get_account_balance",
    does: "Units that are left on the account",
    how: "",
    words: "balance account"
  },
  {
    tool: "spend",
    does: "What was spent: charged, reserved, and what is left of the limit",
    how: "since, by",
    words: "price balance spend spent spending week today month limit budget cost charge bill"
  },
  {
    tool: "call_kling_api",
    does: "Call any other operation of Kling's API",
    how: "search, then operation and input",
    words: "api raw operation endpoint advanced native"
  }
]
