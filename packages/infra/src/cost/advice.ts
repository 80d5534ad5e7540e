import type { Service } from "./prices.ts";

/** What would lower a service's part of a bill, and what that would be paid with. */
interface Advice {
  /** Where most of it is paid whether anybody comes or not. */
  readonly rest?: string;
  /** Where most of it is paid for use. */
  readonly work?: string;
}

const advice: Readonly<Record<Service, Advice>> = {
  "API Gateway": {
    work: "Answer from containers behind a load balancer: [the same core](../packages/host) runs there as well, and somebody has to look after them.",
  },
  Lambda: {
    rest: "In production fewer warm instances (`warmInstances`) while few people come, though somebody then waits for a cold start now and then; elsewhere jobs that come round less often.",
    work: "A savings plan for what runs all day. Functions that wait for the database are paid for waiting: every query less counts twice.",
  },
  Aurora: {
    rest: "Lower minimums; in production a standby without an instance, which takes some minutes longer to take over; no proxy where the instances are smaller than the 8 ACUs that it is billed for.",
    work: "Reserved instances in place of ACUs for the load that is always there, and the storage that charges no I/Os once they are a quarter of Aurora's part.",
  },
  Backup: {
    work: "Pictures lie in the vaults and, with their versions, in the buckets of both regions. One vault less halves it; the copy in the other region remains.",
  },
  OpenSearch: {
    rest: "Search in PostgreSQL, as previews do, until profiles outgrow it; two small nodes are then enough for the logs, and no masters.",
  },
  Redis: {
    rest: "Do without the production pack until somebody depends on its promise: without Redis Pendo is slower, and right.",
    work: "A plan of fixed price in place of one by the command, or nodes of our own in the network, whose price does not know commands. A limit and a session in one script are one command less for each request.",
  },
  DynamoDB: { work: "Provisioned capacity that scales, once the curve of a day is known." },
  SQS: { work: "Larger batches: the relay may send ten. Swipes are most of the messages, and analytics alone hears of them." },
  Network: {
    rest: "One NAT gateway for all zones, as staging's endpoints are one for all: a third of the price, and the loss of its zone takes the others' way out along. The standby's can be made when it takes over.",
    work: "Nodes of Redis inside the network, which is most of what goes out.",
  },
  S3: { work: "Cheaper classes for pictures of those who are away, and no sizes that nobody loads." },
  CloudFront: {
    work: "Smaller pictures, and none loaded before it is likely to be seen. Addresses live for minutes because that was promised, so the device, and not the network, has to remember. At this volume prices are agreed on, and not listed.",
  },
  WAF: { rest: "One rule less is a dollar.", work: "Prices of volume; pictures go past it already." },
  "Route 53": {},
  "Mail and push": { work: "Prices of volume." },
  Rekognition: { work: "Pictures that were seen before, known by their hash, need no second look." },
  CloudWatch: {
    rest: "Metrics are paid by name and by value of their dimensions: four by route are four times as many as there are routes. Previews could print none.",
    work: "Fewer lines of what went well, or the class of logs for infrequent access at half the price.",
  },
  "X-Ray": { work: "A smaller share of traces." },
  Firehose: { rest: "Delivery in two zones.", work: "Warnings and errors only." },
  "KMS and secrets": {},
  Grafana: { rest: "Whoever only looks can be a viewer." },
};

/** What to say of a service, by where most of its money goes. */
export function adviceOn(service: Service, isMostlyFixed: boolean): string {
  const { rest, work } = advice[service];
  return (isMostlyFixed ? (rest ?? work) : (work ?? rest)) ?? "There is nothing to gain.";
}
