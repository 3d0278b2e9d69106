import { Context, Layer } from "effect"
import type { JobsConfig } from "./config.ts"

/** The configuration of the jobs of this program. */
export class JobsSettings extends Context.Service<JobsSettings, JobsConfig>()("@klingkit/jobs/JobsSettings") {
  static readonly layer = (config: JobsConfig): Layer.Layer<JobsSettings> =>
    Layer.succeed(JobsSettings, {
      ...config,
      limits: { ...config.limits, ...(config.sharesAccount === true ? { isShared: true } : {}) }
    })
}
