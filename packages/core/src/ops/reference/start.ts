/** What a reader of the API writes programs in; Scalar knows some forty more. */
const hiddenClients = {
  ...Object.fromEntries(
    [
      "c",
      "clojure",
      "csharp",
      "dart",
      "fsharp",
      "go",
      "http",
      "java",
      "julia",
      "node",
      "objc",
      "ocaml",
      "php",
      "powershell",
      "python",
      "r",
      "ruby",
      "rust",
    ].map((language) => [language, true]),
  ),
  js: ["axios", "jquery", "ofetch", "xhr"],
  shell: ["httpie", "wget"],
};

// The label of a button contains the text that the button shows (WCAG 2.2, 2.5.3).
const translations = { navigation: { introduction: "Guides", showAllEndpoints: "Show More: {name}" } };

/** The script that starts Scalar. What Scalar would load from elsewhere, or send there, is off. */
export function referenceStart({ canTry }: { readonly canTry: boolean }): string {
  const configuration = {
    url: "/openapi.json",
    withDefaultFonts: false,
    telemetry: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    showDeveloperTools: "never",
    hideClientButton: true,
    hideTestRequestButton: !canTry,
    documentDownloadType: "json",
    defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
    hiddenClients,
    authentication: { preferredSecurityScheme: "bearer" },
    hideModels: true,
    persistAuth: true,
    metaData: { title: "Pendo API" },
    localization: { translations },
  };
  return `"use strict";
Scalar.createApiReference("#reference", ${JSON.stringify(configuration)});
${improve}`;
}

/** What Scalar leaves to mend, so that a keyboard reaches everything and a screen reader names it: a selector, an attribute, its value. */
const mends: readonly (readonly [selector: string, attribute: string, value: string | null])[] = [
  ["button[class*='group/copy-button']:not([aria-label])", "aria-label", "Copy"],
  ["button[class*='group/copy-button'][aria-controls]", "aria-controls", null],
  ["button[class*='group/toggle']:not([aria-label])", "aria-label", "Dark mode"],
  ["button[role=none]", "role", null],
  ["[role=combobox][aria-controls]:not([aria-expanded])", "aria-expanded", "true"],
  ["[role=combobox]:not([aria-controls], [aria-expanded])", "aria-expanded", "false"],
  ["input[role=combobox]:not([aria-label])", "aria-label", "Search"],
  ["[id^=headlessui-popover-panel]:not([role])", "role", "dialog"],
  ["[id^=headlessui-popover-panel]:not([aria-label])", "aria-label", "Choices"],
  [":is(ul.endpoints, .markdown table):not([tabindex])", "tabindex", "0"],
  // Many cards and dialogs have landmarks of the same name.
  [".response-card[role=region]", "role", "group"],
  [".scalar-client section:not([role])", "role", "group"],
  [".cm-content:not([aria-label])", "aria-label", "Code"],
];

// The sidebar opens the guides, and marks the entry that the reader is at: Scalar marks it only if nothing is below the entry.
const improve = `const mends = ${JSON.stringify(mends)};
let isOpen = location.hash !== "", current, due = false;
function improve() {
  for (const [selector, attribute, value] of mends)
    for (const element of document.querySelectorAll(selector))
      if (value === null) element.removeAttribute(attribute);
      else element.setAttribute(attribute, value);
  const guides = document.querySelector("[data-sidebar-id$='description/introduction'] > div > button[aria-expanded=false]");
  if (guides && !isOpen) guides.click();
  isOpen ||= guides !== null;
  const entry = [...document.querySelectorAll(".t-doc__sidebar a:is(.text-sidebar-c-active, [aria-current=page])")].at(-1);
  if (entry === current) return;
  document.querySelector("[aria-current=location]")?.removeAttribute("aria-current");
  if (entry && !entry.ariaCurrent) entry.ariaCurrent = "location";
  entry?.scrollIntoView({ block: "nearest" });
  current = entry;
}
new MutationObserver(() => {
  if (due) return;
  due = true;
  requestAnimationFrame(() => { due = false; improve(); });
}).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "aria-current"] });
`;
