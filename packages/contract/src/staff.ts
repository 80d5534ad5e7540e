import * as z from "zod";
import { staffRoles } from "./route.ts";

/** The role of a member of staff, in requests and responses. */
export const StaffRoleName = z.enum(staffRoles);
