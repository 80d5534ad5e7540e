/** What the OpenAPI and the AsyncAPI document say of the API as a whole. */
export const apiInfo = { title: "Pendo", version: "1" } as const;
