import { bundle } from "../../rolldown.base.ts"

export default bundle({ main: "src/main.ts" })
