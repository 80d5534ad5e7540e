/** A piece of HTML that is safe to send: what came from outside is escaped in it. */
export interface Html {
  readonly html: string;
}

/** Writes HTML. What is interpolated is escaped, unless it is HTML already; a list is written one after another. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | number | Html | readonly Html[])[]): Html {
  return { html: parts.map((part, i) => (i === 0 ? part : written(values[i - 1] ?? "") + part)).join("") };
}

function written(value: string | number | Html | readonly Html[]): string {
  if (typeof value === "string" || typeof value === "number") return escaped(String(value));
  return "html" in value ? value.html : value.map((one) => one.html).join("");
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
