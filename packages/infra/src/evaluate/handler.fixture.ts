// A function of the fixtures. Like those of the product it reads its links while it starts; outside of SST it has none.
const linked = process.env["SST_RESOURCES_JSON"];
const { Salt } = JSON.parse(linked ?? "{}") as { Salt?: { value: string } };
if (linked !== undefined && Salt?.value === undefined) throw new Error("Postman is not linked to Salt.");

export const handler = (): string => `${Salt?.value} on ${process.env["PLANET"]}`;
