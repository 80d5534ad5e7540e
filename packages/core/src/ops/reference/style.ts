/**
 * Colours with a contrast of at least 4.5 to 1 on every background of the page, in light and in dark (WCAG 2.2, 1.4.3). What a pointer hits measures
 * at least 24 by 24 pixels (2.5.8). In the guides code wraps and tables scroll, because a table whose words break can't be read.
 */
export const referenceStyle = `body { margin: 0; font-family: system-ui, sans-serif; }
noscript main { max-width: 40rem; margin: 4rem auto; padding: 0 1.5rem; }
.light-mode {
  --scalar-color-1: #1b1b1b; --scalar-color-2: #4a4a4a; --scalar-color-3: #5c5c5c; --scalar-color-accent: #a61e4d;
  --scalar-color-green: #0b6b3a; --scalar-color-red: #b3261e; --scalar-color-yellow: #7a5200; --scalar-color-blue: #0b5cad;
  --scalar-color-orange: #9c4a00; --scalar-color-purple: #6b3fa0; --scalar-color-ghost: #5c5c5c;
}
.dark-mode {
  --scalar-color-1: #f1f1f1; --scalar-color-2: #c4c4c4; --scalar-color-3: #b0b0b0; --scalar-color-accent: #faa2c1;
  --scalar-color-green: #6fd39b; --scalar-color-red: #ff9c95; --scalar-color-yellow: #f2cb6c; --scalar-color-blue: #8ec5ff;
  --scalar-color-orange: #ffb37a; --scalar-color-purple: #d0b3ff; --scalar-color-ghost: #b0b0b0;
}
.t-doc__sidebar button[aria-expanded] { padding: 4px; }
.t-doc__sidebar a[aria-current] { background: var(--scalar-background-2); }
.client-libraries__select { min-width: 24px; }
#reference .markdown pre :is(code, span) { white-space: pre-wrap; overflow-wrap: anywhere; }
#reference .markdown table { display: block; overflow-x: auto; }
#reference .markdown :is(th, td) { word-break: normal; }
#reference .markdown td:nth-child(2) code { overflow-wrap: anywhere; }
@media (min-width: 1000px) {
  .introduction-section .section-column:first-child { flex: 1.5; }
  #reference .markdown td:nth-child(2) { min-width: 14rem; }
}
section[tabindex="-1"]:focus-visible { outline: none; }`;
