/** The console as a page; a placeholder until its own file is written. */
export const consolePage = "<!doctype html><title>Pendo console</title><h1>Pendo</h1>";
