// Stands for dev.py on Windows: starts Azurite with pipes, keeps what it prints, ends it as dev.py does.
// Windows' pipes are only had from a Windows program: wine gives Node no pipe of Linux's.
const fs = require("node:fs");
const { spawn } = require("node:child_process");

const [log, word, ...command] = process.argv.slice(2);
// Detached, or else Node has Windows kill it when the parent dies; Python does not.
const child = spawn(process.execPath, command, { stdio: ["pipe", "pipe", "pipe"], detached: true });
for (const output of [child.stdout, child.stderr]) {
  output.on("data", (printed) => fs.appendFileSync(log, printed));
}
child.on("exit", (code) => {
  fs.appendFileSync(log, `\nexit ${code}\n`);
  process.exit(0);
});
setInterval(() => {
  const said = fs.existsSync(word) ? fs.readFileSync(word, "utf8") : "";
  if (said === "end") child.stdin.end();
  if (said === "die") process.exit(1); // as when the terminal's window is closed
}, 100);
