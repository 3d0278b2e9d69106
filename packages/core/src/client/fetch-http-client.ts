import { Layer } from "effect"
import { FetchHttpClient, type HttpClient } from "effect/http"

/**
 * The runtime's `fetch` for Kling: it does not follow redirects. Following one could send a paid request or the credential
 * elsewhere, so it is an unexpected response instead.
 */
export const fetchHttpClient: Layer.Layer<HttpClient.HttpClient> = FetchHttpClient.layer.pipe(
  Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, { redirect: "manual" }))
)
