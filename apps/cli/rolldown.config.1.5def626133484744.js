import "node:module"
import { defineConfig } from "rolldown"
/** One minified file per entry with everything inside, except the packages named in `external`. */
const bundle = (entry, external = []) =>
  Object.entries(entry).map(([name, input]) =>
    defineConfig({
      input: { [name]: input },
      platform: "node",
      external: external.map((id) => new RegExp(`^${id}(/|$)`)),
      output: {
        dir: "dist",
        entryFileNames: "[name].mjs",
        format: "esm",
        minify: true,
        codeSplitting: false
      }
    })
  )
const [main] = bundle({ main: "src/main.ts" }, ["@klingkit/emulator"])
var rolldown_config_default = defineConfig({
  ...main,
  output: {
    dir: "dist",
    cleanDir: true,
    entryFileNames: "[name].mjs",
    chunkFileNames: "[name].mjs",
    format: "esm",
    minify: true,
    codeSplitting: true
  }
})
export { rolldown_config_default as default }

//# sourceMappingURL=data:application/json;charset=utf-8;base64,eyJ2ZXJzaW9uIjozLCJmaWxlIjoicm9sbGRvd24uY29uZmlnLjEuNWRlZjYyNjEzMzQ4NDc0NC5qcyIsIm5hbWVzIjpbImluamVjdGVkX29yaWdpbmFsX2Rpcm5hbWUiLCJpbmplY3RlZF9vcmlnaW5hbF9maWxlbmFtZSIsImluamVjdGVkX29yaWdpbmFsX2ltcG9ydF9tZXRhX3VybCJdLCJzb3VyY2VzIjpbIi4uLy4uL3JvbGxkb3duLmJhc2UudHMiLCJyb2xsZG93bi5jb25maWcudHMiXSwic291cmNlc0NvbnRlbnQiOlsiaW1wb3J0IHsgZGVmaW5lQ29uZmlnLCB0eXBlIFJvbGxkb3duT3B0aW9ucyB9IGZyb20gXCJyb2xsZG93blwiXG5cbi8qKiBPbmUgbWluaWZpZWQgZmlsZSBwZXIgZW50cnkgd2l0aCBldmVyeXRoaW5nIGluc2lkZSwgZXhjZXB0IHRoZSBwYWNrYWdlcyBuYW1lZCBpbiBgZXh0ZXJuYWxgLiAqL1xuZXhwb3J0IGNvbnN0IGJ1bmRsZSA9IChlbnRyeTogUmVjb3JkPHN0cmluZywgc3RyaW5nPiwgZXh0ZXJuYWw6IFJlYWRvbmx5QXJyYXk8c3RyaW5nPiA9IFtdKTogQXJyYXk8Um9sbGRvd25PcHRpb25zPiA9PlxuICBPYmplY3QuZW50cmllcyhlbnRyeSkubWFwKChbbmFtZSwgaW5wdXRdKSA9PlxuICAgIGRlZmluZUNvbmZpZyh7XG4gICAgICBpbnB1dDogeyBbbmFtZV06IGlucHV0IH0sXG4gICAgICBwbGF0Zm9ybTogXCJub2RlXCIsXG4gICAgICBleHRlcm5hbDogZXh0ZXJuYWwubWFwKChpZCkgPT4gbmV3IFJlZ0V4cChgXiR7aWR9KC98JClgKSksXG4gICAgICBvdXRwdXQ6IHsgZGlyOiBcImRpc3RcIiwgZW50cnlGaWxlTmFtZXM6IFwiW25hbWVdLm1qc1wiLCBmb3JtYXQ6IFwiZXNtXCIsIG1pbmlmeTogdHJ1ZSwgY29kZVNwbGl0dGluZzogZmFsc2UgfVxuICAgIH0pXG4gIClcbiIsImltcG9ydCB7IGRlZmluZUNvbmZpZyB9IGZyb20gXCJyb2xsZG93blwiXG5pbXBvcnQgeyBidW5kbGUgfSBmcm9tIFwiLi4vLi4vcm9sbGRvd24uYmFzZS50c1wiXG5cbmNvbnN0IFttYWluXSA9IGJ1bmRsZSh7IG1haW46IFwic3JjL21haW4udHNcIiB9LCBbXCJAa2xpbmdraXQvZW11bGF0b3JcIl0pXG5cbi8vIFdoYXQgb25seSBvbmUgY29tbWFuZCBuZWVkcyAodGhlIGRlbW8ncyBNQ1AgY2xpZW50KSBiZWNvbWVzIGEgZmlsZSBvZiBpdHMgb3duLCBzbyB0aGF0IHRoZSBvdGhlcnMgc3RhcnQgd2l0aG91dCBpdC5cbmV4cG9ydCBkZWZhdWx0IGRlZmluZUNvbmZpZyh7XG4gIC4uLm1haW4sXG4gIG91dHB1dDoge1xuICAgIGRpcjogXCJkaXN0XCIsXG4gICAgY2xlYW5EaXI6IHRydWUsXG4gICAgZW50cnlGaWxlTmFtZXM6IFwiW25hbWVdLm1qc1wiLFxuICAgIGNodW5rRmlsZU5hbWVzOiBcIltuYW1lXS5tanNcIixcbiAgICBmb3JtYXQ6IFwiZXNtXCIsXG4gICAgbWluaWZ5OiB0cnVlLFxuICAgIGNvZGVTcGxpdHRpbmc6IHRydWVcbiAgfVxufSlcbiJdLCJtYXBwaW5ncyI6Ijs7O0FBR0EsTUFBYSxVQUFVLE9BQStCLFdBQWtDLENBQUMsTUFDdkYsT0FBTyxRQUFRLEtBQUssQ0FBQyxDQUFDLEtBQUssQ0FBQyxNQUFNLFdBQ2hDLGFBQWE7Q0FDWCxPQUFPLEdBQUcsT0FBTyxNQUFNO0NBQ3ZCLFVBQVU7Q0FDVixVQUFVLFNBQVMsS0FBSyxPQUFPLElBQUksT0FBTyxJQUFJLEdBQUcsTUFBTSxDQUFDO0NBQ3hELFFBQVE7RUFBRSxLQUFLO0VBQVEsZ0JBQWdCO0VBQWMsUUFBUTtFQUFPLFFBQVE7RUFBTSxlQUFlO0NBQU07QUFDekcsQ0FBQyxDQUNIO0FDUkYsTUFBTSxDQUFDLFFBQVEsT0FBTyxFQUFFLE1BQU0sY0FBYyxHQUFHLENBQUMsb0JBQW9CLENBQUM7QUFHckUsSUFBQSwwQkFBZSxhQUFhO0NBQzFCLEdBQUc7Q0FDSCxRQUFRO0VBQ04sS0FBSztFQUNMLFVBQVU7RUFDVixnQkFBZ0I7RUFDaEIsZ0JBQWdCO0VBQ2hCLFFBQVE7RUFDUixRQUFRO0VBQ1IsZUFBZTtDQUNqQjtBQUNGLENBQUMifQ==
