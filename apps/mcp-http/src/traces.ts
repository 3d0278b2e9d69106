import type { KnownSecrets } from "@klingkit/hosting"
import { ConfigProvider, Effect, Layer, Option, type Tracer } from "effect"
import { FetchHttpClient, Headers, HttpBody, HttpTraceContext } from "effect/http"
import { OtlpSerialization, OtlpTracer } from "effect/observability"
import type { IncomingMessage } from "node:http"

/**
 * Sends spans to the collector that OpenTelemetry's own variables name (`OTEL_EXPORTER_OTLP_ENDPOINT`), without the secrets that
 * this process knows; sends nothing where none is named.
 */
export const traces = (serviceVersion: string, { redact }: KnownSecrets): Layer.Layer<never> => {
  const body = (data: unknown) => HttpBody.text(redact(JSON.stringify(data)), "application/json")
  const serialization = Layer.succeed(OtlpSerialization.OtlpSerialization, { traces: body, metrics: body, logs: body })
  return OtlpTracer.layerFromConfig({ resource: { serviceName: "klingkit-mcp-http", serviceVersion } }).pipe(
    Layer.provide(Layer.merge(serialization, FetchHttpClient.layer)),
    // As OpenTelemetry has it: an endpoint is enough.
    Layer.provide(ConfigProvider.layerAdd(ConfigProvider.fromUnknown({ OTEL_TRACES_EXPORTER: "otlp" }))),
    Layer.catchCause(() => Layer.effectDiscard(Effect.logError("no traces are sent: a variable OTEL_... is not valid")))
  )
}

/** The span of a caller that a request belongs to, by its `traceparent`. */
export const callerSpan = ({ headers }: IncomingMessage): Tracer.ExternalSpan | undefined =>
  Option.getOrUndefined(HttpTraceContext.w3c(Headers.fromInput({ traceparent: String(headers["traceparent"]) })))
