/** What Kling's failure messages indicate, and what helps. Kling publishes no list; these are its typical phrases. */
const signs: ReadonlyArray<readonly [pattern: RegExp, advice: string]> = [
  [
    /risk control|sensitiv|violat|polic(y|ies)|safety|moderation|inappropriate|copyright|\u98ce\u63a7|\u654f\u611f|\u8fdd\u89c4/i,
    "This looks like Kling's content check: the same prompt and images will fail again. Remove names of real people, brands, violence and nudity, or use another image."
  ],
  [
    /\bfaces?\b|\bhuman\b|\bbody\b/i,
    "Kling probably could not use the person in the image or video: use one that shows face and body clearly."
  ],
  [
    /download|fetch|url|resolution|format|file size|too (large|small)|decode/i,
    "Kling probably could not read an image or video: check that its URL is public and its format and size are supported."
  ],
  [
    /internal|timed? ?out|busy|overload|try again|later/i,
    "This looks like a problem on Kling's side: the same input may succeed later."
  ]
]

const retryCost = "Another attempt is a new, charged task."

/** What to do about a failed task, judging by Kling's message. */
export const failureAdvice = (message: string | undefined): string => {
  const found = signs.find(([pattern]) => pattern.test(message ?? ""))
  return `${found?.[1] ?? "Change the input before you generate again."} ${retryCost}`
}
