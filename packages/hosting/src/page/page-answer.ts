import { accountPath } from "../settings.ts"
import type { Html } from "./html.ts"

/** What a browser asks for. */
export interface PageRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: { readonly cookie?: string | undefined; readonly origin?: string | undefined }
  /** The fields of a form that was sent; none for anything else. */
  readonly form: URLSearchParams
}

export interface PageAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string>>>
  readonly body: string
}

/**
 * Nothing from elsewhere, no scripts, in no frame, kept in no cache. `same-origin`, as browsers send `Origin: null` with forms of
 * pages without referrers.
 */
const protection = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY"
}

export const answerPage = (status: number, { text }: Html, cookies: ReadonlyArray<string> = []): PageAnswer => ({
  status,
  headers: {
    ...protection,
    "cache-control": "no-store",
    "content-type": "text/html; charset=utf-8",
    ...(cookies.length === 0 ? {} : { "set-cookie": cookies })
  },
  body: text
})

export const answerStylesheet = (text: string): PageAnswer => ({
  status: 200,
  headers: { ...protection, "cache-control": "public, max-age=3600", "content-type": "text/css; charset=utf-8" },
  body: text
})

/** After a form: reloading the page does not send it again. */
export const redirect = (location: string, cookies: ReadonlyArray<string> = []): PageAnswer => ({
  status: 303,
  headers: {
    ...protection,
    "cache-control": "no-store",
    location,
    ...(cookies.length === 0 ? {} : { "set-cookie": cookies })
  },
  body: ""
})

export const toPage = (done?: string, cookies?: ReadonlyArray<string>): PageAnswer =>
  redirect(done === undefined ? accountPath : `${accountPath}?done=${done}`, cookies)
