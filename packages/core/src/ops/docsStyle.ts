/** The look of the page of documentation. Colours follow the reader's system. */
export const docsStyle = `
:root { color-scheme: light dark; --ink: #1d1b22; --soft: #6b6675; --line: #e6e1ea; --paper: #fdfcfe; --card: #fff; --mark: #c2255c; --code: #f4f0f6;
  --get: #1971c2; --post: #2b8a3e; --put: #b35c00; --patch: #6741d9; --delete: #c92a2a; }
@media (prefers-color-scheme: dark) { :root { --ink: #ece8f1; --soft: #a39dae; --line: #35303d; --paper: #17151b; --card: #1f1c25; --mark: #f783ac;
  --code: #2a2632; --get: #74c0fc; --post: #8ce99a; --put: #ffc078; --patch: #b197fc; --delete: #ffa8a8; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 5rem; }
body { margin: 0; color: var(--ink); background: var(--paper); font: 16px/1.55 system-ui, sans-serif; }
header { position: sticky; top: 0; z-index: 1; display: flex; gap: 1.5rem; align-items: center; padding: .8rem 1.5rem; background: var(--paper);
  border-bottom: 1px solid var(--line); }
h1 { margin: 0; font-size: 1.25rem; } h1 span { color: var(--mark); }
h2 { margin: 2.5rem 0 .8rem; font-size: 1.2rem; } h3 { margin: 1.2rem 0 .3rem; font-size: .78rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft); }
input { flex: 1; max-width: 34rem; padding: .55rem .9rem; border: 1px solid var(--line); border-radius: 99px; color: inherit; background: var(--card); font: inherit; }
input:focus-visible, summary:focus-visible, a:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
.columns { display: grid; grid-template-columns: 13rem minmax(0, 56rem); gap: 2.5rem; max-width: 76rem; margin: 0 auto; padding: 0 1.5rem 6rem; }
nav { position: sticky; top: 4.6rem; align-self: start; max-height: calc(100vh - 5rem); overflow: auto; padding-top: 2rem; }
a { color: var(--mark); } nav a { display: flex; justify-content: space-between; gap: .5rem; padding: .1rem 0; font-size: .95rem; color: var(--soft); text-decoration: none; } nav a:hover { color: var(--mark); }
.intro { margin-top: 2rem; color: var(--soft); }
details { margin: .5rem 0; border: 1px solid var(--line); border-radius: .6rem; background: var(--card); }
summary { display: flex; flex-wrap: wrap; gap: .2rem .8rem; align-items: baseline; padding: .6rem .9rem; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary span:last-child { flex-basis: 100%; padding-left: 4.5rem; color: var(--soft); font-size: .92rem; }
.body { padding: 0 .9rem 1rem; border-top: 1px solid var(--line); } .body p { margin: .8rem 0 0; }
code { font: .88em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; } p code, td code, li code { padding: .1em .3em; border-radius: .25rem; background: var(--code); }
.method { min-width: 3.7rem; font: 700 .78rem/1.5 ui-monospace, monospace; }
.get { color: var(--get); } .post { color: var(--post); } .put { color: var(--put); } .patch { color: var(--patch); } .delete { color: var(--delete); }
table { width: 100%; border-collapse: collapse; font-size: .92rem; } td { padding: .3rem .8rem .3rem 0; border-top: 1px solid var(--line); vertical-align: top; }
td:first-child { width: 16rem; overflow-wrap: anywhere; } td small { color: var(--soft); } .must { color: var(--mark); }
ul { margin: .2rem 0; padding-left: 1.2rem; font-size: .92rem; } .tag { color: var(--soft); font-size: .8rem; }
.none { display: none; margin-top: 3rem; color: var(--soft); } .empty .none { display: block; } [hidden] { display: none !important; }
@media (max-width: 52rem) { .columns { display: block; } nav { display: none; } header { gap: .8rem; padding: .7rem 1rem; } .columns { padding: 0 1rem 4rem; }
  summary span:last-child { padding-left: 0; } }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media print { header, nav { display: none; } }
`;
