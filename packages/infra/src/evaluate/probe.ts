import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

// A process of its own: starts one bundled handler with the links it is given, and tells what was loaded, which links were read, or why it does not
// start. What the bundle itself prints is not looked at.
const [entry = "", exported = "handler"] = process.argv.slice(2);
const loaded = new Set<string>();
const uses = new Set<string>();

registerHooks({
  load(url, context, next) {
    if (url.startsWith("file:")) loaded.add(fileURLToPath(url));
    return next(url, context);
  },
});

// The handler parses its links once. Here each of them notices when one of its properties is read.
const linksText = process.env["SST_RESOURCES_JSON"];
const parse = JSON.parse;
JSON.parse = (text: string, reviver?: (key: string, value: unknown) => unknown): unknown => {
  const value: unknown = parse(text, reviver);
  if (text !== linksText) return value;
  return Object.fromEntries(Object.entries(value as Record<string, object>).map(([name, link]) => [name, noticed(name, link)]));
};

function noticed(name: string, link: object): object {
  return new Proxy(link, {
    get(target, property, receiver): unknown {
      uses.add(name);
      return Reflect.get(target, property, receiver);
    },
  });
}

const answer = await import(entry).then(
  (module: Record<string, unknown>) => (typeof module[exported] === "function" ? undefined : `its export "${exported}" is no function`),
  (error: unknown) => (error as Error).message,
);
process.send?.({ refusal: answer, loaded: [...loaded], uses: [...uses] }, () => process.exit(0));
