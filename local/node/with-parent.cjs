// Loaded before Azurite: it ends, with its data written, when the process that started it is gone. Then nobody reads what
// it prints any more, and a word too many would end it before it has written.
for (const output of [process.stdout, process.stderr]) output.on("error", () => {});
process.stdin.on("end", () => process.emit("SIGTERM")).resume();
