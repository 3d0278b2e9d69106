import { validate, ValidationSeverity } from "dockerfile-utils"
import { Schema } from "effect"
import { Yaml } from "effect/encoding"
import { Deployment } from "kubernetes-models/apps/v1"
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1"
import { PodDisruptionBudget } from "kubernetes-models/policy/v1"
import { Service as KubernetesService } from "kubernetes-models/v1"
import { describe, expect, it } from "vitest"
import { readText } from "../house/source-file.ts"

const dockerfile = readText("deploy/Dockerfile")
const compose = readText("deploy/compose.yaml")
const named = (text: string) => new Set(text.match(/KLING(?:AI|KIT)_[A-Z_]+/g))

const kubernetesFiles = ["base/deployment.yaml", "example/settings.env", "example/secrets.env"]

const Service = Schema.Struct({
  environment: Schema.Record(Schema.String, Schema.String),
  volumes: Schema.Array(Schema.String),
  ports: Schema.optionalKey(Schema.Array(Schema.String))
})
const Compose = Schema.Struct({
  services: Schema.Struct({ klingkit: Service, database: Service }),
  volumes: Schema.Record(Schema.String, Schema.Unknown)
})

describe("the files of deploy/", () => {
  it("name only settings that there are", () => {
    const documented = named(readText("docs/settings.md"))
    const files = [dockerfile, compose, ...kubernetesFiles.map((path) => readText(`deploy/kubernetes/${path}`))]
    expect(files.flatMap((text) => [...named(text)]).filter((name) => !documented.has(name))).toEqual([])
  })

  it("have a Dockerfile in which a linter finds nothing", () => {
    const settings = Object.fromEntries(
      ["deprecatedMaintainer", "directiveCasing", "emptyContinuationLine", "instructionCasing"].map((rule) => [
        rule,
        ValidationSeverity.ERROR
      ])
    )
    expect(validate(dockerfile, settings).map(({ message }) => message)).toEqual([])
    expect(validate(dockerfile.replace("EXPOSE 8787", "EXPOSE everything"), settings)).not.toEqual([])
  })

  it("have a compose file whose volumes are declared, and whose ports are this machine's", () => {
    const { services, volumes } = Schema.decodeUnknownSync(Compose)(Yaml.parse(compose))
    const mounted = Object.values(services).flatMap((service) => service.volumes.map((volume) => volume.split(":")[0]))
    expect(new Set(mounted)).toEqual(new Set(Object.keys(volumes)))
    const open = (services.klingkit.ports ?? []).filter((port) => !port.startsWith("127.0.0.1:"))
    expect(open).toEqual([])
  })
})

const manifest = (path: string) =>
  Schema.decodeUnknownSync(Schema.Record(Schema.String, Schema.Unknown))(
    Yaml.parse(readText(`deploy/kubernetes/${path}.yaml`))
  )
const models = {
  deployment: Deployment,
  service: KubernetesService,
  "disruption-budget": PodDisruptionBudget,
  "network-policy": NetworkPolicy
}
const Overlay = Schema.Struct({
  resources: Schema.Array(Schema.String),
  configMapGenerator: Schema.Array(Schema.Struct({ name: Schema.String, envs: Schema.Array(Schema.String) })),
  secretGenerator: Schema.Array(Schema.Struct({ name: Schema.String, envs: Schema.Array(Schema.String) }))
})

describe("the files of deploy/kubernetes", () => {
  it.each(Object.entries(models))("have a %s as Kubernetes' own schema wants it", (name, Model) => {
    const content = manifest(`base/${name}`)
    new Model(content).validate()
    expect(content).toMatchObject({ apiVersion: Model.apiVersion, kind: Model.kind })
    expect(() => new Model({ ...content, spec: "all" } as object).validate()).toThrow("spec")
  })

  it("have all of them in the base, and an overlay whose files are there", () => {
    expect(manifest("base/kustomization")["resources"]).toEqual(Object.keys(models).map((name) => `${name}.yaml`))
    const overlay = Schema.decodeUnknownSync(Overlay)(manifest("example/kustomization"))
    expect(overlay.resources).toEqual(["../base"])
    const generated = [...overlay.configMapGenerator, ...overlay.secretGenerator]
    for (const { envs } of generated) {
      for (const file of envs) expect(readText(`deploy/kubernetes/example/${file}`)).toMatch(/^KLING\w+=/)
    }
    const { spec } = new Deployment(manifest("base/deployment"))
    const named = spec?.template.spec?.containers[0]?.envFrom?.map(
      ({ configMapRef, secretRef }) => configMapRef?.name ?? secretRef?.name
    )
    expect(named).toEqual(generated.map(({ name }) => name))
  })

  it("select the pods that the deployment makes, and name its ports", () => {
    const { spec } = new Deployment(manifest("base/deployment"))
    const labels = spec?.template.metadata?.labels
    const selectors = [
      spec?.selector.matchLabels,
      new KubernetesService(manifest("base/service")).spec?.selector,
      new PodDisruptionBudget(manifest("base/disruption-budget")).spec?.selector?.matchLabels,
      new NetworkPolicy(manifest("base/network-policy")).spec?.podSelector?.matchLabels
    ]
    expect(selectors).toEqual(selectors.map(() => labels))
    const [container] = spec?.template.spec?.containers ?? []
    const ports = new Set(container?.ports?.map(({ name }) => name))
    const used = [container?.startupProbe, container?.readinessProbe, container?.livenessProbe].map(
      (probe) => probe?.httpGet?.port
    )
    const reached = new NetworkPolicy(manifest("base/network-policy")).spec?.ingress?.flatMap(
      (rule) => rule.ports?.map(({ port }) => port) ?? []
    )
    for (const port of [...used, ...(reached ?? [])]) expect(ports).toContain(port)
  })
})
