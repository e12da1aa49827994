// Speaks: reads requests from standard input, a line of JSON each, and answers each with a line of JSON and so many
// bytes of sound: 16 bits, one channel, little-endian. Its argument is the path of eSpeak NG, compiled for Node.
//   {"text": SSML, "language": "de-DE", "variant": "f3"}  ->  {"bytes": 33208, "rate": 22050}, or {"error": "why not"}
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const silent = () => {};
process.stdout.on("error", silent); // whoever asked is gone, and so is this with the end of its input
const { default: load } = await import(pathToFileURL(process.argv[2]));
const espeak = await load({ print: silent, printErr: silent });
const voice = await new espeak.eSpeakNGWorker();
const known = voice.list_voices();

// Of several voices for a language the one that eSpeak NG ranks first: plain English before that of the Caribbean.
function nameOf(language) {
  const ranked = (tag) =>
    known
      .flatMap(({ name, languages }) => languages.filter((one) => one.name === tag).map(({ priority }) => ({ name, priority })))
      .sort((one, other) => one.priority - other.priority);
  const wanted = language.toLowerCase();
  return [...ranked(wanted), ...ranked(wanted.split("-")[0])][0]?.name;
}

function speak({ text, language, variant }) {
  const name = nameOf(language);
  if (!name || voice.set_voice(`${name}+${variant}`)) return { error: `no voice speaks ${language}` };
  const parts = [];
  voice.synthesize(text, (samples) => {
    if (samples.length) parts.push(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
    return false;
  });
  return { rate: voice.get_samplerate(), sound: Buffer.concat(parts) };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { sound = Buffer.alloc(0), ...said } = speak(JSON.parse(line));
  process.stdout.write(JSON.stringify({ ...said, bytes: sound.length }) + "\n");
  process.stdout.write(sound);
}
