import { costOf, type PriceId, prices, type Service } from "./prices.ts";

/** A part of a month's bill. */
export interface Line {
  readonly service: Service;
  readonly price: PriceId;
  /** What it is paid for. */
  readonly what: string;
  readonly units: number;
  readonly usd: number;
  /** Paid whether anybody comes or not. */
  readonly fixed: boolean;
}

export const HOURS = 730;

/** So many units of something. */
export function line(price: PriceId, units: number, what: string, fixed: boolean): Line {
  return { service: prices[price].service, price, what, units, usd: costOf(price, units), fixed };
}
