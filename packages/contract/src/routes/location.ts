import * as z from "zod";
import { route } from "../route.ts";
import { Time } from "../time.ts";

export const set = route({
  at: "PUT /v1/me/location",
  summary: "Say where one is; only a coarse, shifted place is kept",
  auth: "user",
  input: z.strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) }),
  output: z.object({ updatedAt: Time }),
  fails: ["location.tooFast"],
  limit: "location",
  needs: ["db", "bus", "secrets"],
});
