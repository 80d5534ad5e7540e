import * as z from "zod";

/** A position in degrees (WGS 84). Pendo keeps only a coarse, shifted one. */
export const Position = z.strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) });
