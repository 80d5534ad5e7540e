/** The ports that a contract entry may name in `needs`. Every context also has `clock` and `ids`. */
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
