/** The ports that an entry of the contract may name in `needs`. `clock` and `ids` are part of every context. */
export const portNames = [
  "db",
  "cache",
  "search",
  "bus",
  "deadLetters",
  "storage",
  "connections",
  "sockets",
  "mail",
  "push",
  "vision",
  "judge",
  "secrets",
] as const;
export type PortName = (typeof portNames)[number];
