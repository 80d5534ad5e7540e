import { elsewhere, rows } from "./rows.ts";

/** docs/requirements.md: every row, what fulfils it, and the test that would fail without it. */
export function requirementsPage(): string {
  const table = rows.map(({ id, required, by, missing, resources }) => {
    const names = resources.map(([type, name]) => `\`${name}\` (${type.split(":").at(-1) ?? type})`).join(", ");
    return `| ${id} | ${required} | ${by}${missing === undefined ? "" : `. **Not yet:** ${missing}`} | ${names} | \`${testName(id, required)}\` |`;
  });
  return `# What the infrastructure must have, and where it is

Each row of the requirements that AWS has a part in, the resources of production that fulfil it, and the test that holds it: it passes on the
evaluated stage, and fails when any one of the resources is taken away. The tests are in
[packages/infra/src/requirements](../packages/infra/src/requirements), and this page is written by them
(\`npm run requirements\`); a test fails when it says something else. Nothing here has been deployed yet: see
[CONTRIBUTING](../CONTRIBUTING.md#the-aws-side-evaluated-offline).

| # | required | by | resources | test |
| --- | --- | --- | --- | --- |
${table.join("\n")}

## Rows without a part in AWS

| # | required | where |
| --- | --- | --- |
${elsewhere.map(({ id, required, where }) => `| ${id} | ${required} | ${where} |`).join("\n")}
`;
}

/** The name of a row's test. */
export function testName(id: string, required: string): string {
  return `${id}: ${required}`;
}
