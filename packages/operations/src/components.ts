/** The name of a component in SST begins with an upper-case letter: `email` → `Email`. */
export function componentOf(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
