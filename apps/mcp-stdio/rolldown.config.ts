import { app } from "../../rolldown.base.ts"

export default app()
