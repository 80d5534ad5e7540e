import type { Stage } from "./stage";

const retention = { 7: "1 week", 30: "1 month", 90: "3 months" } as const;

/** What every function, queue and log group has. It must run before anything else is made. */
export function defaults(stage: Stage): void {
  $transform(sst.aws.Function, (args) => {
    args.runtime ??= "nodejs24.x";
    args.architecture ??= "arm64";
    args.memory ??= "512 MB";
    args.timeout ??= "10 seconds";
    args.logging ??= { format: "json", retention: retention[stage.logDays] };
    const { role, function: made } = args.transform ?? {};
    args.transform = {
      ...args.transform,
      // Spans of every call go to X-Ray, sampled by it.
      function: (fn, opts, name) => {
        if (!$dev) fn.tracingConfig ??= { mode: "Active" };
        apply(made, fn, opts, name);
      },
      // SST 4.17.1 asks whether an Output is false, so each role would trust the whole account. Only `sst dev` needs that.
      role: (own, opts, name) => {
        if (!$dev) own.assumeRolePolicy = aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" });
        apply(role, own, opts, name);
      },
    };
  });
  $transform(aws.sqs.Queue, (args = {}) => {
    args.sqsManagedSseEnabled ??= true;
    args.messageRetentionSeconds ??= 14 * 86_400;
    // SQS answers over plain http as well. A queue's own policy is about no other, whatever it names.
    args.policy ??= $jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "sqs:*",
          Resource: "*",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    });
  });
  if (stage.permanent)
    $transform(aws.secretsmanager.Secret, (args = {}, opts) => {
      // SST deletes secrets at once; `removal: "retain"` does not cover them.
      args.recoveryWindowInDays = 30;
      opts.protect = true;
      opts.retainOnDelete = true;
    });
  $transform(aws.cloudwatch.LogGroup, (args = {}) => {
    args.retentionInDays ??= stage.logDays;
  });
}

/** A transform of SST's may be a function or the properties themselves. */
function apply<Args extends object>(
  transform: Partial<Args> | ((args: Args, opts: $util.CustomResourceOptions, name: string) => undefined | void) | undefined,
  args: Args,
  opts: $util.CustomResourceOptions,
  name: string,
): void {
  if (typeof transform === "function") transform(args, opts, name);
  else Object.assign(args, transform);
}
