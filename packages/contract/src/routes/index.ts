// One noun, one file: /v1/swipes/… → swipes.ts. `/v1/me/<noun>` belongs to <noun>.
export {};
