/** What is used of it here. Its only key is `S3RVER`, with the same as its secret. */
declare module "@20minutes/s3rver" {
  import type { RequestListener } from "node:http"

  export default class S3rver {
    constructor(options: {
      readonly silent: boolean
      readonly directory: string
      readonly vhostBuckets: boolean
      readonly configureBuckets: ReadonlyArray<{ readonly name: string }>
    })
    configureBuckets(): Promise<unknown>
    callback(): RequestListener
    readonly store: {
      deleteObject(bucket: string, key: string): Promise<void>
      listObjects(
        bucket: string,
        options: object
      ): Promise<{
        readonly objects: ReadonlyArray<{ readonly key: string }>
      }>
    }
  }
}
