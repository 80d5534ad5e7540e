import * as nouns from "@pendo/contract/routes/index";
import { describe, expect, test } from "vitest";
import { load } from "../graph.ts";
import { pathOf, type Runbook, runbooks } from "@pendo/operations/runbooks";
import { knownIn, mistakesOn, pages, pagesOfAlarms } from "./runbookPages.ts";

const graph = load("production");
const routes = Object.values(nouns).flatMap((noun) => Object.values(noun).map(({ at }) => at));
const known = knownIn(graph, routes);
const all = pages();
const index = all.find(({ file }) => file === "README.md")?.text ?? "";

describe("runbooks", () => {
  test.each(all.map((page) => [page.file, page] as const))(
    "%s says what to look at, do, verify and take back, and names nothing that is not there",
    (_, page) => expect(mistakesOn(page, known)).toEqual([]),
  );

  test("there is a page for every alarm, and for everything that alarms may name", () => {
    const files = all.map(({ file }) => file);
    const wanted = (Object.keys(runbooks) as Runbook[]).map((runbook) => pathOf(runbook).replace("docs/runbooks/", ""));
    const named = pagesOfAlarms(graph);
    expect(named.length).toBeGreaterThan(15);
    expect([...named, ...wanted].filter((file) => !files.includes(file))).toEqual([]);
  });

  test("the index leads to every page", () => {
    expect(all.map(({ file }) => file).filter((file) => file !== "README.md" && !index.includes(`](${file})`))).toEqual([]);
  });
});

describe("a page is refused that", () => {
  const good = "\n**Takes** a minute.\n\n## Look\n\n## Do\n\n## Verify\n\n## Go back\n";
  const planted: readonly (readonly [what: string, text: string, says: string])[] = [
    ["lacks a section", good.replace("## Go back", "## Undo"), 'there is no section "Go back"'],
    ["does not say how long it takes", good.replace("**Takes**", "It takes"), "it does not say how long it takes"],
    ["runs a script that is not there", "npm run rollbak -- --stage production", "there is no npm run rollbak"],
    ["calls AWS by a name of its own", "aws rds promote-global-cluster --x", 'AWS knows no "aws rds promote-global-cluster"'],
    ["calls a service that our code uses wrongly", "aws backup restore-everything", 'AWS knows no "aws backup restore-everything"'],
    ["waits for what nobody can wait for", "aws rds wait db-well --x", 'AWS knows no "aws rds wait db-well"'],
    ["looks for a function that is not there", "x $(fn SwipeApiFunction)", '"fn SwipeApiFunction" finds nothing'],
    [
      "looks for a queue in a loop that is not there",
      "for Q in EmailQueue MailQueue; do\n  x $(queue $Q)\ndone",
      '"queue MailQueue" finds nothing',
    ],
    ["looks for a bucket that is not there", "x $(bucket Pictures)", '"bucket Pictures" finds nothing'],
    [
      "names a cluster that is not there",
      "--db-cluster-identifier pendo-production-postgres",
      "nothing in AWS is called pendo-production-postgres",
    ],
    [
      "names a plan where a cluster is meant",
      "--db-cluster-identifier pendo-production-database",
      "pendo-production-database is no db-cluster-identifier",
    ],
    ["names an alarm that is not there", "--alarm-names pendo-$STAGE-CacheGone", "nothing in AWS is called pendo-production-CacheGone"],
    ["names a resource that is not there", "see `SwipesTable`", "the stacks have no SwipesTable"],
    ["reads a parameter that is not there", "see `/pendo/production/shared`", "there is no parameter /pendo/production/shared"],
    ["asks for a route that is not there", "`POST /v1/admin/queues/{name}/drain`", "the API has no POST /v1/admin/queues/{name}/drain"],
    ["asks in another way than the route", "curl -X PUT https://api.pendo.app/v1/admin/queues", "the API has no PUT /v1/admin/queues"],
    ["asks a host that is not there", "dig +short backend.pendo.app", "DNS has no backend.pendo.app"],
    ["links to a page that is not there", "[x](nowhere.md)", "the link nowhere.md leads nowhere"],
    ["links to a heading that is not there", "[x](dns-failover.md#demote)", "the link dns-failover.md#demote leads to no heading"],
  ];
  test.each(planted)("%s", (_, text, says) => {
    expect(mistakesOn({ file: "planted.md", text: text.includes("## Look") ? text : text + good }, known)).toEqual([`planted.md: ${says}`]);
  });
});
