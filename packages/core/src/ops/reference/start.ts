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
    persistAuth: true,
    metaData: { title: "Pendo API" },
  };
  return `"use strict";
Scalar.createApiReference("#reference", ${JSON.stringify(configuration)});
${improveAccess}`;
}

// Some buttons of Scalar have only an icon, and some lists scroll without a way to reach them by keyboard.
const improveAccess = `function improve() {
  for (const button of document.querySelectorAll("button:not([aria-label]):not([data-named])")) {
    if (button.textContent.trim() === "" && !button.title) button.setAttribute("aria-label", /copy/.test(button.className) ? "Copy" : "Open");
    button.dataset.named = "";
  }
  for (const list of document.querySelectorAll("ul.endpoints:not([tabindex])")) list.tabIndex = 0;
}
let due = false;
new MutationObserver(() => {
  if (due) return;
  due = true;
  requestAnimationFrame(() => { due = false; improve(); });
}).observe(document.body, { childList: true, subtree: true });
`;
