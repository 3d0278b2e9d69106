/** Both colour schemes, and screens as narrow as a phone's. */
export const stylesheet = `:root {
  color-scheme: light dark;
  --text: light-dark(#1b1b1f, #ececf1);
  --quiet: light-dark(#55555f, #b4b4c0);
  --page: light-dark(#ffffff, #17171b);
  --panel: light-dark(#f4f4f7, #222228);
  --line: light-dark(#83838f, #7b7b88);
  --action: light-dark(#1d4ed8, #93b4ff);
  --on-action: light-dark(#ffffff, #10162a);
  --bad: light-dark(#b3261e, #ffb4ab);
  --good: light-dark(#14642d, #8fd9a3);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 40rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
header { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; justify-content: space-between; }
h1 { font-size: 1.5rem; margin: 0.5rem 0; }
h2 { font-size: 1.15rem; margin: 2rem 0 0.5rem; }
p, dd, td, th, li { overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.notice { border-inline-start: 0.25rem solid var(--line); background: var(--panel); padding: 0.75rem 1rem; margin: 1rem 0; }
.notice.bad { border-color: var(--bad); }
.notice.good { border-color: var(--good); }
dl { display: grid; grid-template-columns: minmax(7rem, auto) 1fr; gap: 0.25rem 1rem; }
dt { color: var(--quiet); }
dd { margin: 0; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: start; color: var(--quiet); }
th, td { text-align: start; padding: 0.35rem 0.75rem 0.35rem 0; border-block-end: 1px solid var(--line); }
form { margin: 1rem 0; }
fieldset { border: 1px solid var(--line); border-radius: 0.5rem; margin: 0 0 1rem; padding: 0.5rem 1rem 1rem; }
legend { padding: 0 0.35rem; }
label { display: block; margin-block-start: 0.75rem; }
label.choice { display: flex; gap: 0.5rem; align-items: baseline; }
input:not([type="radio"], [type="checkbox"]) {
  display: block; width: 100%; min-height: 2.75rem; padding: 0.5rem 0.75rem; font: inherit;
  color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: 0.5rem;
}
button, a.button {
  display: inline-block; min-height: 2.75rem; padding: 0.5rem 1.25rem; font: inherit; cursor: pointer; text-decoration: none;
  color: var(--on-action); background: var(--action); border: 1px solid var(--action); border-radius: 0.5rem;
}
button.plain { color: var(--action); background: transparent; }
a { color: var(--action); }
a.button { color: var(--on-action); }
:focus-visible { outline: 3px solid var(--action); outline-offset: 2px; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } dd { margin-block-end: 0.5rem; } }
`
