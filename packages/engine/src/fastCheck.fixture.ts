import * as fc from "fast-check";
import { testSeed } from "./testSeed.fixture.ts";

// Tests import fast-check from here, so that each property draws from the seed of the run.
fc.configureGlobal({ seed: testSeed });

export { fc };
