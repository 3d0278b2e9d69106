import { enumOf, number, object } from "../params/param.ts"

const axis = (name: string) =>
  number(name, { min: -10, max: 10, notes: "only with type simple; exactly one of the six may be non-zero" })

/** Camera moves of the v1 models. Kept so that requests which still send them get a clear error. */
export const cameraControl = object(
  "camera_control",
  {
    type: enumOf("type", ["simple", "down_back", "forward_up", "right_turn_forward", "left_turn_forward"], {}),
    config: object(
      "config",
      {
        horizontal: axis("horizontal"),
        vertical: axis("vertical"),
        pan: axis("pan"),
        tilt: axis("tilt"),
        roll: axis("roll"),
        zoom: axis("zoom")
      },
      {}
    )
  },
  { retired: true, notes: "v1 models only" }
)

export const cfgScale = number("cfg_scale", { min: 0, max: 1, default: 0.5, retired: true, notes: "v1 models only" })
