import type { Place } from "../place";
import type { Stage } from "../stage";
import { type MetricKind, ownNamespace } from "@pendo/operations/metric";
import { dashboardKinds, dashboardTitles, drawnStats, type Panel, panelsOf, placeOf, searchOf } from "@pendo/operations/panels";
import type { Found, SubjectsFound } from "./subjects";

const CLOUDWATCH = "cloudwatch";
const PROMETHEUS = "prometheus";
const DAY_SEC = 86_400;
// AWS lets tokens live for thirty days at most. A deployment makes a new one in every fortnight, so that it never meets one that has ended.
const TOKEN_SEC = 30 * DAY_SEC;
const TOKEN_RENEWED_SEC = 14 * DAY_SEC;

export interface GrafanaArgs {
  readonly stage: Stage;
  readonly place: Place;
  readonly found: SubjectsFound;
}

/** Where people look: a workspace whose sources and dashboards are all made here. People sign in by IAM Identity Center. */
export function managedGrafana(args: GrafanaArgs) {
  const { stage, place } = args;
  const prometheus = new aws.amp.Workspace("Prometheus", { alias: `${$app.name}-${stage.name}` }, place.opts);
  const role = grafanaRole(place, prometheus);
  const workspace = new aws.grafana.Workspace(
    "Grafana",
    {
      name: `${$app.name}-${stage.name}`,
      description: `What ${$app.name} ${stage.name} measures`,
      accountAccessType: "CURRENT_ACCOUNT",
      authenticationProviders: ["AWS_SSO"],
      permissionType: "CUSTOMER_MANAGED",
      dataSources: ["CLOUDWATCH", "PROMETHEUS"],
      grafanaVersion: "10.4",
      roleArn: role.arn,
    },
    place.opts,
  );
  provision(args, { workspace, prometheus });
  return { workspace, prometheus };
}

/** Reads metrics, and nothing that could tell of people. */
function grafanaRole(place: Place, prometheus: aws.amp.Workspace): aws.iam.Role {
  const account = aws.getCallerIdentityOutput({}, place.opts).accountId;
  const role = new aws.iam.Role(
    "GrafanaRole",
    {
      assumeRolePolicy: $jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "grafana.amazonaws.com" },
            Action: "sts:AssumeRole",
            Condition: {
              StringEquals: { "aws:SourceAccount": account },
              StringLike: { "aws:SourceArn": $interpolate`arn:aws:grafana:${place.region}:${account}:/workspaces/*` },
            },
          },
        ],
      }),
    },
    place.opts,
  );
  new aws.iam.RolePolicy(
    "GrafanaPolicy",
    {
      role: role.name,
      policy: $jsonStringify({
        Version: "2012-10-17",
        Statement: [
          // Metrics have no resource to be named by.
          {
            Effect: "Allow",
            Action: [
              "cloudwatch:GetMetricData",
              "cloudwatch:ListMetrics",
              "cloudwatch:DescribeAlarms",
              "cloudwatch:DescribeAlarmsForMetric",
            ],
            Resource: "*",
          },
          {
            Effect: "Allow",
            Action: ["aps:QueryMetrics", "aps:GetLabels", "aps:GetSeries", "aps:GetMetricMetadata"],
            Resource: prometheus.arn,
          },
        ],
      }),
    },
    place.opts,
  );
  return role;
}

interface Made {
  readonly workspace: aws.grafana.Workspace;
  readonly prometheus: aws.amp.Workspace;
}

function provision(args: GrafanaArgs, { workspace, prometheus }: Made): void {
  const { stage, place } = args;
  const account = new aws.grafana.WorkspaceServiceAccount(
    "GrafanaDeployer",
    { name: "deployment", grafanaRole: "ADMIN", workspaceId: workspace.id },
    place.opts,
  );
  const fortnight = Math.floor(Date.now() / 1000 / TOKEN_RENEWED_SEC);
  const token = new aws.grafana.WorkspaceServiceAccountToken(
    "GrafanaDeployerToken",
    { name: `deployment-${fortnight}`, secondsToLive: TOKEN_SEC, serviceAccountId: account.serviceAccountId, workspaceId: workspace.id },
    place.opts,
  );
  const provider = new grafana.Provider("GrafanaAccess", {
    url: $interpolate`https://${workspace.endpoint}`,
    auth: $util.secret(token.key),
  });
  const opts = { provider };
  // The role of the workspace, as Grafana calls it.
  const authType = "ec2_iam_role";
  const cloudWatch = new grafana.oss.DataSource(
    "GrafanaCloudWatch",
    {
      type: CLOUDWATCH,
      uid: CLOUDWATCH,
      name: "CloudWatch",
      isDefault: true,
      jsonDataEncoded: JSON.stringify({ authType, defaultRegion: place.region }),
    },
    opts,
  );
  new grafana.oss.DataSource(
    "GrafanaPrometheus",
    {
      type: PROMETHEUS,
      uid: PROMETHEUS,
      name: "Prometheus",
      url: prometheus.prometheusEndpoint.apply((url) => url.replace(/\/$/, "")),
      jsonDataEncoded: JSON.stringify({ httpMethod: "POST", sigV4Auth: true, sigV4AuthType: authType, sigV4Region: place.region }),
    },
    opts,
  );
  const folder = new grafana.oss.Folder("GrafanaFolder", { title: `${$app.name} ${stage.name}`, uid: `${$app.name}-${stage.name}` }, opts);
  for (const kind of dashboardKinds)
    new grafana.oss.Dashboard(
      `Grafana${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
      { folder: folder.uid, overwrite: true, configJson: $jsonStringify(dashboard(args, kind)) },
      { ...opts, dependsOn: cloudWatch },
    );
}

function dashboard(args: GrafanaArgs, kind: MetricKind) {
  return {
    uid: `${$app.name}-${args.stage.name}-${kind}`,
    title: `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
    description: dashboardTitles[kind],
    timezone: "utc",
    schemaVersion: 39,
    editable: false,
    refresh: "1m",
    time: { from: kind === "business" ? "now-30d" : "now-6h", to: "now" },
    panels: panelsOf(kind)
      .map((panel) => ({ panel, targets: targetsOf(args, panel, kind) }))
      .filter(({ targets }) => targets.length > 0)
      .map(({ panel, targets }, index) => {
        const { x, y, width, height } = placeOf(index);
        return {
          id: index + 1,
          type: "timeseries",
          title: panel.title,
          gridPos: { x, y, w: width, h: height },
          datasource: { type: CLOUDWATCH, uid: CLOUDWATCH },
          fieldConfig: { defaults: { unit: unitOf(panel), min: 0 }, overrides: [] },
          targets: targets.map((target, i) => ({ ...target, refId: `Q${i}` })),
        };
      }),
  };
}

const units: Readonly<Record<string, string>> = {
  ms: "ms",
  s: "s",
  percent: "percent",
  bytes: "bytes",
  MB: "decmbytes",
  days: "d",
  minutes: "m",
};

function unitOf({ rows }: Panel): string {
  return units[rows[0]?.unit ?? ""] ?? "short";
}

/** Queries of Grafana's CloudWatch source: by dimensions where one thing is meant, else by a search of CloudWatch's. */
function targetsOf({ stage, place, found }: GrafanaArgs, { rows }: Panel, kind: MetricKind): object[] {
  const common = { datasource: { type: CLOUDWATCH, uid: CLOUDWATCH }, queryMode: "Metrics", metricQueryType: 0, matchExact: true };
  const period = kind === "business" ? DAY_SEC : 60;
  const one = (row: Panel["rows"][number], namespace: string, { label, dimensions, region }: Found): object[] =>
    drawnStats(row).map((statistic) => ({
      ...common,
      ...{
        metricEditorMode: 0,
        namespace,
        metricName: row.name,
        dimensions,
        statistic,
        period: String(period),
        region: region ?? place.region,
      },
      label: `${label} ${statistic}`,
    }));
  return rows.flatMap((row) => {
    if (row.source === "aws")
      return (found[row.subject] ?? []).flatMap((subject) =>
        one(row, row.namespace, { ...subject, label: `${subject.label}: ${row.title}` }),
      );
    const namespace = ownNamespace(stage.name);
    if (row.source === "accessLog" || row.only !== undefined)
      return one(row, namespace, { label: row.title, dimensions: row.source === "code" ? (row.only ?? {}) : {} });
    return [{ ...common, metricEditorMode: 1, expression: searchOf(namespace, row, row.stats[0], period), region: place.region }];
  });
}
