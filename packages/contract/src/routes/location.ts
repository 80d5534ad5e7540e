import * as z from "zod";
import { route } from "../route.ts";
import { Time } from "../time.ts";

export const replace = route({
  at: "PUT /v1/me/location",
  summary: "Replace your location",
  description: "Pendo keeps only a coarse, shifted position.",
  auth: "user",
  input: z.strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) }),
  output: z.object({ updatedAt: Time }),
  fails: ["location.tooFast"],
  limit: "location",
  needs: ["db", "bus", "secrets"],
});
