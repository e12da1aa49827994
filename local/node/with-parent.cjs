// Loaded before Azurite: it ends, with its data written, when the process that started it is gone.
process.stdin.on("end", () => process.emit("SIGTERM")).resume();
