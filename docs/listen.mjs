// Opens a socket and prints what comes, until a message came: node scripts/run.mjs docs/listen.mjs <address with its ticket>
const socket = new WebSocket(process.argv[2]);
// The client speaks first; the answer is `ready`.
socket.onopen = () => socket.send(JSON.stringify({ type: "sync", ref: "1", data: {} }));
socket.onmessage = ({ data: text }) => {
  const { type, data } = JSON.parse(text);
  process.stdout.write(data.text ? `${type}: ${data.text}\n` : `${type}\n`);
  if (type === "message.created") socket.close();
};
