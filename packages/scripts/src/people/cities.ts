import type { Culture } from "./names.ts";

export interface City {
  readonly name: string;
  readonly lat: number;
  readonly lon: number;
  /** How far from the middle people live: two of three within this. */
  readonly spreadKm: number;
  readonly timeZone: string;
  readonly locale: string;
  /** Where its people's names come from, and how often. */
  readonly cultures: readonly (readonly [Culture, number])[];
}

type Row = readonly [string, number, number, number, string, string, ...(readonly (Culture | number)[])];

// By how many of their people join: the first city has twice as many as the second, and so on (Zipf).
const rows: readonly Row[] = [
  ["Lisbon", 38.722, -9.139, 7, "Europe/Lisbon", "pt", "portuguese", 8, "english", 1, "french", 1],
  ["Berlin", 52.52, 13.405, 9, "Europe/Berlin", "de", "german", 7, "turkish", 2, "slavic", 1, "english", 1],
  ["London", 51.507, -0.128, 13, "Europe/London", "en", "english", 7, "indian", 2, "african", 1, "arabic", 1],
  ["New York", 40.713, -74.006, 13, "America/New_York", "en", "english", 6, "spanish", 3, "chinese", 1, "african", 1],
  ["Mexico City", 19.433, -99.133, 12, "America/Mexico_City", "es", "spanish", 1],
  ["Paris", 48.857, 2.352, 9, "Europe/Paris", "fr", "french", 7, "arabic", 2, "african", 1],
  ["Mumbai", 19.076, 72.878, 12, "Asia/Kolkata", "en", "indian", 1],
  ["Tokyo", 35.677, 139.65, 14, "Asia/Tokyo", "ja", "japanese", 1],
  ["São Paulo", -23.551, -46.633, 13, "America/Sao_Paulo", "pt", "portuguese", 9, "japanese", 1],
  ["Lagos", 6.524, 3.379, 10, "Africa/Lagos", "en", "african", 1],
  ["Istanbul", 41.008, 28.978, 11, "Europe/Istanbul", "tr", "turkish", 1],
  ["Barcelona", 41.385, 2.173, 7, "Europe/Madrid", "es", "spanish", 1],
  ["Warsaw", 52.23, 21.012, 8, "Europe/Warsaw", "pl", "slavic", 1],
  ["Seoul", 37.567, 126.978, 11, "Asia/Seoul", "ko", "korean", 1],
  ["Cairo", 30.044, 31.236, 10, "Africa/Cairo", "ar", "arabic", 1],
  ["Toronto", 43.653, -79.383, 10, "America/Toronto", "en", "english", 5, "indian", 2, "chinese", 2],
  ["Nairobi", -1.286, 36.817, 8, "Africa/Nairobi", "en", "african", 1],
  ["Copenhagen", 55.676, 12.568, 7, "Europe/Copenhagen", "da", "nordic", 1],
  ["Singapore", 1.352, 103.82, 8, "Asia/Singapore", "en", "chinese", 5, "indian", 2, "english", 1],
  ["Buenos Aires", -34.604, -58.382, 10, "America/Argentina/Buenos_Aires", "es", "spanish", 8, "italian", 2],
  ["Milan", 45.464, 9.19, 7, "Europe/Rome", "it", "italian", 1],
  ["Stockholm", 59.329, 18.069, 8, "Europe/Stockholm", "sv", "nordic", 1],
  ["Melbourne", -37.814, 144.963, 11, "Australia/Melbourne", "en", "english", 7, "chinese", 1, "italian", 1],
  ["Athens", 37.984, 23.728, 7, "Europe/Athens", "el", "greek", 1],
  ["Marrakesh", 31.63, -7.981, 5, "Africa/Casablanca", "fr", "arabic", 1],
  ["Vancouver", 49.283, -123.121, 8, "America/Vancouver", "en", "english", 5, "chinese", 3],
];

/** Where people live, the most popular city first. */
export const cities: readonly City[] = rows.map(([name, lat, lon, spreadKm, timeZone, locale, ...pairs]) => ({
  name,
  lat,
  lon,
  spreadKm,
  timeZone,
  locale,
  cultures: pairs.flatMap((entry, i) => (i % 2 === 0 ? [[entry as Culture, pairs[i + 1] as number] as const] : [])),
}));

/** The cities with the weights that Zipf's law gives their ranks: 1, 1/2, 1/3 … */
export function byRank(list: readonly City[]): (readonly [City, number])[] {
  return list.map((city, i) => [city, 1 / (i + 1)] as const);
}
