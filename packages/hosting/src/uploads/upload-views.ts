import type { UploadedFile } from "@klingkit/jobs/internal"
import { html, type Html } from "../page/html.ts"
import { layout } from "../page/views.ts"

/** Without scripts: the browser sends the form to the link itself. */
export const uploadView = (problem?: string): Html =>
  layout(
    "Upload a file",
    problem === undefined ? undefined : { kind: "bad", text: problem },
    html`<h1>Upload a file</h1>
      <p>One image, video or audio file from this machine, for what you ask of Kling. The link is good for one file.</p>
      <form method="post" enctype="multipart/form-data">
        <label for="file">File</label>
        <input id="file" name="file" type="file" accept="image/*,video/*,audio/*" required />
        <p><button>Upload</button></p>
      </form>`
  )

export const uploadedView = (id: string, file: UploadedFile): Html =>
  layout(
    "Uploaded",
    { kind: "good", text: "Uploaded." },
    html`<h1>Uploaded</h1>
      <p>Give this to your chat, in place of the file:</p>
      <p><strong>${id}</strong></p>
      <p class="quiet">${factsOf(file)}. Only you can use it, as often as you like.</p>`
  )

const factsOf = ({ format, bytes, width, height, durationSeconds }: UploadedFile): string =>
  [
    format,
    ...(width === undefined ? [] : [`${width}x${height} pixels`]),
    ...(durationSeconds === undefined ? [] : [`${durationSeconds.toFixed(1)} s`]),
    `${(bytes / 1_000_000).toFixed(1)} MB`
  ].join(", ")
