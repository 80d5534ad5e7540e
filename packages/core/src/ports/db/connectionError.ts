/** An error that says something about the connection, and nothing about the statement. */
export function connectionError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
