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
    persistAuth: true,
    metaData: { title: "Pendo API" },
    localization: { translations },
  };
  return `"use strict";
Scalar.createApiReference("#reference", ${JSON.stringify(configuration)});
${improveAccess}`;
}

// What Scalar has no setting for: names of buttons, lists that scroll, a sidebar that shows where the reader is.
const improveAccess = `let opened = location.hash !== "", current;
function improve() {
  for (const button of document.querySelectorAll("button:not([aria-label]):not([data-named])")) {
    const isCopy = /copy/.test(button.className);
    if (isCopy && button.querySelector(":scope > svg") || button.textContent.trim() === "" && !button.title)
      button.setAttribute("aria-label", isCopy ? "Copy" : "Open");
    button.dataset.named = "";
  }
  for (const list of document.querySelectorAll("ul.endpoints:not([tabindex])")) list.tabIndex = 0;
  for (const card of document.querySelectorAll(".response-card[role=region]")) card.role = "group";
  const guides = document.querySelector("[data-sidebar-id$='description/introduction'] > div > button[aria-expanded=false]");
  if (guides && !opened) guides.click();
  opened ||= guides !== null;
  const shown = document.querySelector(".t-doc__sidebar [aria-current]");
  if (shown !== current) shown?.scrollIntoView({ block: "nearest" });
  current = shown;
}
let due = false;
new MutationObserver(() => {
  if (due) return;
  due = true;
  requestAnimationFrame(() => { due = false; improve(); });
}).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-current"] });
`;
