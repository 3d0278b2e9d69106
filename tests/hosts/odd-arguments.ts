/** What a model asked for once, and how hosts write it down. */
export interface OddCall {
  readonly host: string
  readonly tool: string
  readonly plain: Readonly<Record<string, unknown>>
  /** Each in place of, or beside, the plain arguments. `{task}` is the id of a task that the host has made before. */
  readonly sent: ReadonlyArray<Readonly<Record<string, unknown>>>
}

const image = "https://example.com/fox.png"
const coat = "https://example.com/coat.png"

/** Each request is one task and one charge, in whichever of these ways and over whichever transport it is sent. */
export const paidCalls: ReadonlyArray<OddCall> = [
  {
    host: "adds what is meant for itself",
    tool: "generate_image",
    plain: { prompt: "a fox of many hosts" },
    sent: [
      { wait_for_previous: true },
      { waitForPreviousTools: true, toolSummary: "an image", toolAction: "Drawing" },
      { task_progress: "- [ ] draw the fox" },
      { toolCallId: "call_1", sessionId: "s", chatInput: "draw", action: "sendMessage", tool: "generate_image" },
      { random_string: "dummy" },
      { security_context: { agent_fingerprint: {} } }
    ]
  },
  {
    host: "fills in what the model left out",
    tool: "generate_image",
    plain: { prompt: "a fox with nothing else" },
    sent: [
      { negative_prompt: null, model_name: null, confirm_token: null, take: null, idempotency_key: null },
      { negative_prompt: "", resolution: "", confirm_token: "" },
      { negative_prompt: "null", model_name: "null", num_images: "null", confirm_token: "null" },
      { negative_prompt: [], ref_image_url: [] },
      { num_images: 1, variants: 1, take: 1, allow_duplicate: false }
    ]
  },
  {
    host: "writes numbers and switches as text",
    tool: "generate_video",
    plain: { prompt: "a fox in numbers", duration: 10, allow_duplicate: false },
    sent: [
      { duration: "10" },
      { duration: "10.0" },
      { duration: "10s" },
      { duration: "10 seconds" },
      { duration: [10] },
      { allow_duplicate: "false" },
      { allow_duplicate: "False", duration: " 10 " }
    ]
  },
  {
    host: "writes choices in other letters and words",
    tool: "generate_video",
    plain: { prompt: "a fox in letters", resolution: "1080p", aspect_ratio: "9:16" },
    sent: [
      { resolution: "1080P" },
      { resolution: "1080" },
      { resolution: 1080 },
      { aspect_ratio: "9x16" },
      { aspect_ratio: " 9:16 " },
      { resolution: undefined, mode: "pro" },
      { resolution: undefined, mode: "professional" },
      { model_name: "Kling-3.0" }
    ]
  },
  {
    host: "sends lists as JSON text, as one value, or with holes",
    tool: "virtual_try_on",
    plain: { person_image_url: image, cloth_image_urls: [coat] },
    sent: [
      { cloth_image_urls: coat },
      { cloth_image_urls: JSON.stringify([coat]) },
      { cloth_image_urls: [coat, null] },
      { cloth_image_urls: [null, "", coat, "null"] },
      { person_image_url: [image] }
    ]
  },
  {
    host: "sends a list of several as JSON text",
    tool: "apply_video_effect",
    plain: { image_urls: [image, coat], effect_scene: "hug_pro" },
    sent: [{ image_urls: JSON.stringify([image, coat], null, 2) }, { image_urls: [image, null, coat] }]
  },
  {
    host: "wraps the id of an earlier task",
    tool: "extend_video",
    plain: { task_id: "{task}", prompt: "it lands" },
    sent: [
      { task_id: "`{task}`" },
      { task_id: '"{task}".' },
      { task_id: "{TASK}" },
      { task_id: "kling://tasks/{task}" },
      { task_id: "Task ID: {task}" },
      { task_id: ["{task}"] }
    ]
  },
  {
    host: "writes an object as text, and text as an object",
    tool: "call_kling_api",
    plain: { operation: "new.t2v.kling-3.0", input: { prompt: "a fox in Kling's words" } },
    sent: [
      { input: JSON.stringify({ prompt: "a fox in Kling's words" }) },
      { input: { prompt: "a fox in Kling's words", negativePrompt: null } }
    ]
  },
  {
    host: "asks for another task again by a key",
    tool: "generate_image",
    plain: { prompt: "a fox with a key", idempotency_key: "order-7" },
    sent: [{}, { idempotency_key: " order-7 " }, { wait_for_previous: false }]
  }
]

/** Calls that cost nothing, and are answered. */
export const freeCalls: ReadonlyArray<OddCall> = [
  {
    host: "wraps ids, and asks for more than there is",
    tool: "check_video_status",
    plain: { task_id: "{task}" },
    sent: [{ task_id: "`{task}`" }, { task_id: "{TASK}" }, { preview: "null" }, { frobnicate: 1 }]
  },
  {
    host: "exceeds limits",
    tool: "list_tasks",
    plain: {},
    sent: [{ page_size: 200 }, { page_size: "200" }, { status: "succeeded" }, { status: "SUCCESS" }, { page: 0 }]
  },
  {
    host: "waits for longer than a call may take",
    tool: "wait_for_task",
    plain: { task_id: "{task}" },
    sent: [{ timeout_seconds: 600 }, { timeout_seconds: "60s" }, { task_id: "kling://tasks/{task}" }]
  },
  {
    host: "quotes with an object",
    tool: "quote_cost",
    plain: { tool: "generate_video", arguments: { prompt: "x", duration: 5 } },
    sent: [
      { arguments: '{"prompt":"x","duration":"5"}' },
      { kind: null, audio: "" },
      { arguments: { prompt: "x", wait_for_previous: true } }
    ]
  },
  {
    host: "gives arguments to what takes none",
    tool: "get_account_balance",
    plain: {},
    sent: [{ random_string: "x" }, { x: 1 }]
  }
]

/** Calls with more than one meaning, or none: refused in words that say what to do, and nothing is sent. */
export const refusedCalls: ReadonlyArray<OddCall & { readonly named: ReadonlyArray<string> }> = [
  {
    host: "misspells a paid setting",
    tool: "generate_video",
    plain: { prompt: "a refused fox" },
    sent: [{ resolutoin: "720p" }],
    named: ["resolutoin", "resolution"]
  },
  {
    host: "gives several values where one is taken",
    tool: "generate_video",
    plain: { prompt: "a refused fox" },
    sent: [{ duration: [5, 10] }, { duration: "5 or 10" }],
    named: ["duration"]
  },
  {
    host: "gives an id as a number that has lost digits",
    tool: "extend_video",
    plain: { prompt: "it lands" },
    sent: [{ task_id: 893_605_946_441_547_900 }],
    named: ["task_id"]
  },
  {
    host: "leaves the prompt out",
    tool: "generate_video",
    plain: {},
    sent: [{}, { prompt: null }, { prompt: "" }, { prompt: "   " }],
    named: ["prompt"]
  },
  {
    host: "names a task that there is not",
    tool: "extend_video",
    plain: { prompt: "it lands" },
    sent: [{ task_id: "kk-t2v-00000000000000000000000000" }, { task_id: "the video from before" }],
    named: []
  }
]
