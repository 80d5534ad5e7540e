import type { Service } from "./prices.ts";

/** What would lower a service's part of the bill, and what it would be paid with. */
export const advice: Readonly<Record<Service, string>> = {
  "API Gateway":
    "Answer from containers behind a load balancer: [the same core](../packages/host) runs there as well. Below a million users the work costs more than the gateway.",
  Lambda:
    "Keep fewer instances warm while few people come (`warmInstances`): a cold start is a quarter of a second for one in hundreds. A savings plan takes off about a sixth.",
  Aurora:
    "At rest: a standby without an instance (it takes minutes longer to take over), a minimum of 1 ACU, and no proxy in staging, where it is billed for 8 ACUs and has 1. At work: reserved instances for the writer, and I/O-Optimized once I/Os are a quarter of the bill.",
  Backup:
    "Pictures lie in both vaults and, with every version, in both buckets: one vault fewer halves it. Monthly snapshots could move to cold storage.",
  OpenSearch:
    "Search in PostgreSQL, which every stage can do, until profiles are counted in hundreds of thousands: then the domain is only there for logs, and two small nodes are enough.",
  Redis:
    "A plan of fixed price instead of one by the command; or a cluster of our own in the network, from about a million users on: two nodes cost what 200 million commands do. Counting a limit in the same script that reads the session halves the commands.",
  DynamoDB: "Provisioned capacity with scaling, once the evening's curve is known.",
  SQS: "Send larger batches: the relay fills ten when it waits a few more milliseconds. Swipes are most of the messages, and only analytics hears of them.",
  Network:
    "One NAT gateway and one endpoint for all zones is a third of the price, and a zone's loss then takes the others' way out along. The standby's could be made when it takes over.",
  S3: "Intelligent tiering for pictures of people who are away. The sizes that nobody loads need not be kept.",
  CloudFront:
    "Fewer bytes: AVIF, and longer memory on the device. Beyond 10 TB a month prices are a matter of talks, and halve. The price class of Europe and North America, if people are there.",
  WAF: "One rule fewer is a dollar; requests for pictures go past it already.",
  "Route 53": "Nothing to gain.",
  "Mail and push": "Nothing to gain before a million users; then volume.",
  Rekognition: "Look at the smallest size that tells enough once only: pictures that were seen before are known by their hash.",
  CloudWatch:
    "Metrics are paid by name and dimension: each one by route costs as many dollars as there are routes, times 0.3. Lines: one in ten of those that tell of success, or the class of infrequent access at half the price.",
  "X-Ray": "Trace fewer: the rule takes one in a hundred in production.",
  Firehose: "Ship warnings and errors only.",
  "KMS and secrets": "Nothing to gain: keys are separate so that each can be taken away alone.",
  Grafana: "Editors who only look can be viewers, at 5 $.",
};
