// Reads a graph as ELK has it from standard input, and writes it placed. Its argument is the path of elkjs.
const ELK = require(process.argv[2]);
const read = require("node:fs").readFileSync(0, "utf8");
new ELK().layout(JSON.parse(read)).then(
  (placed) => process.stdout.write(JSON.stringify(placed)),
  (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
