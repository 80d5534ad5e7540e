import * as z from "zod";
import { Position } from "../location.ts";
import { route } from "../route.ts";
import { Time } from "../time.ts";

export const replace = route({
  at: "PUT /v1/me/location",
  summary: "Replace your location",
  description: "Pendo keeps only a coarse, shifted position.",
  auth: "user",
  input: Position,
  output: z.object({ updatedAt: Time }),
  fails: ["location.tooFast"],
  limit: "location",
  needs: ["db", "bus", "secrets"],
});
