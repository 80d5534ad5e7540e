import type { Resource } from "../evaluated.ts";
import { kinds } from "../kinds.ts";
import { dashboardKinds, panelsOf } from "@pendo/operations/panels";
import { documentsAt, textAt, textsAt } from "../read.ts";
import { dashboard, permanent } from "./alarms.ts";
import { failing, promised, type Promised, unless } from "./promised.ts";

const pictures: readonly Promised[] = [
  {
    says: "each of the three dashboards shows every panel of the table that its place has something for",
    in: permanent,
    wrong: (graph) =>
      dashboardKinds.flatMap((kind) => {
        const { inputs } = graph.one(dashboard, `${kind.charAt(0).toUpperCase()}${kind.slice(1)}Dashboard`);
        const titles = documentsAt(inputs, "dashboardBody.widgets").map((widget) => textAt(widget, "properties.title") ?? "");
        // Nobody looks after backups before there is a vault, and the main place copies no other.
        const absent = ["Backups", "Lag of the other region"];
        return panelsOf(kind)
          .filter(({ title }) => !absent.includes(title) && !titles.some((shown) => shown === title || shown.startsWith(`${title} (`)))
          .map(({ title }) => `${kind}: ${title}`);
      }),
    broken: (draft) => draft.with(dashboard, "BusinessDashboard", "dashboardBody.widgets", []),
  },
  {
    says: "no panel lies over another, and each has lines of the stage's own",
    in: permanent,
    wrong: (graph) =>
      graph.all(dashboard).flatMap(({ name, inputs }) => {
        const widgets = documentsAt(inputs, "dashboardBody.widgets");
        const spots = widgets.map((widget) => `${String(widget["x"])}/${String(widget["y"])}`);
        const text = JSON.stringify(widgets);
        return [
          ...unless(new Set(spots).size === spots.length, `${name}: panels overlap`),
          ...unless(!/Pendo\/(?!")/.test(text) || text.includes(`Pendo/${graph.stage}`), `${name}: another stage's metrics`),
          ...failing(
            widgets.map(
              (widget) => ({ name: `${name} ${String(textAt(widget, "properties.title"))}`, inputs: widget }) as unknown as Resource,
            ),
            ({ inputs: own }) => {
              const lines = (own["properties"] as { metrics: unknown[] }).metrics;
              return lines.length > 0 && lines.length <= 500;
            },
          ),
        ];
      }),
    broken: (draft) => draft.with(dashboard, "SystemDashboard", "dashboardBody.widgets.1.x", 0),
  },
  {
    says: "Grafana's dashboards come from the same table, from CloudWatch, beside Prometheus",
    in: ["production"],
    wrong: (graph) => [
      ...dashboardKinds.flatMap((kind) => {
        const { inputs } = graph.one("grafana:oss/dashboard:Dashboard", `Grafana${kind.charAt(0).toUpperCase()}${kind.slice(1)}`);
        const titles = documentsAt(inputs, "configJson.panels").map((panel) => textAt(panel, "title"));
        return panelsOf(kind)
          .filter(({ title }) => title !== "Backups" && title !== "Lag of the other region" && !titles.includes(title))
          .map(({ title }) => `${kind}: ${title}`);
      }),
      ...unless(
        graph
          .all("grafana:oss/dataSource:DataSource")
          .map(({ inputs }) => inputs["type"])
          .toSorted()
          .join() === "cloudwatch,prometheus",
        "other sources",
      ),
    ],
    broken: (draft) => draft.with("grafana:oss/dashboard:Dashboard", "GrafanaSystem", "configJson.panels", []),
  },
  {
    says: "Grafana may read metrics and nothing else, and what it was given to provision it with is secret",
    in: ["production"],
    wrong: (graph) => {
      const actions = documentsAt(graph.one(kinds.rolePolicy, "GrafanaPolicy").inputs, "policy.Statement").flatMap((one) =>
        textsAt(one, "Action"),
      );
      const provider = graph.one("pulumi:providers:grafana", "GrafanaAccess");
      return [
        ...actions.filter((action) => !/^(cloudwatch:(Get|List|Describe)\w+|aps:(Query|Get)\w+)$/.test(action)),
        ...unless(
          provider.secrets.some((secret) => secret.startsWith("auth")),
          "the token is in the state as it is",
        ),
      ];
    },
    broken: (draft) => draft.with(kinds.rolePolicy, "GrafanaPolicy", "policy.Statement.0.Action.0", "logs:GetLogEvents"),
  },
];

promised("what people look at", pictures);
