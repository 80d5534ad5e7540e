// Parts of the guides, in Markdown. The samples of code work in bash and zsh.

export const host = "http://127.0.0.1:4000";
export const token = '-H "authorization: Bearer $ACCESS_TOKEN"';
export const json = "-H 'content-type: application/json'";
export const tokenAndJson = `${token} \\\n  ${json}`;

/** A request with curl, one part in a line. */
export function curl(...parts: readonly string[]): string {
  return block("sh", `curl ${parts.join(" \\\n  ")}`);
}

/** A response body. */
export function response(body: object): string {
  return block("json", JSON.stringify(body, null, 2));
}

/** A table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `\n${[head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`;
}

/** A block of code. */
export function block(language: string, text: string): string {
  return `\n\`\`\`${language}\n${text}\n\`\`\`\n`;
}
