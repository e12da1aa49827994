// The sounds that the SDK plays, made here: it would fetch fifteen files from sdk.twilio.com otherwise.
const RATE = 8000; // samples a second
const KEYS = {
  1: [697, 1209], 2: [697, 1336], 3: [697, 1477], 4: [770, 1209], 5: [770, 1336], 6: [770, 1477],
  7: [852, 1209], 8: [852, 1336], 9: [852, 1477], s: [941, 1209], 0: [941, 1336], h: [941, 1477],
};

// Return the address of a WAV file: parts of [seconds, frequencies in Hz], of which none is silence.
function wav(...parts) {
  const samples = parts.flatMap(([seconds, ...frequencies]) => tone(seconds, frequencies));
  const bytes = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const text = (at, letters) => [...letters].forEach((letter, n) => bytes.setUint8(at + n, letter.charCodeAt(0)));
  text(0, "RIFF");
  bytes.setUint32(4, 36 + 2 * samples.length, true);
  text(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true); // PCM
  bytes.setUint16(22, 1, true); // one channel
  bytes.setUint32(24, RATE, true);
  bytes.setUint32(28, 2 * RATE, true);
  bytes.setUint16(32, 2, true);
  bytes.setUint16(34, 16, true);
  text(36, "data");
  bytes.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, n) => bytes.setInt16(44 + 2 * n, sample * 32767, true));
  return URL.createObjectURL(new Blob([bytes], { type: "audio/wav" }));
}

function tone(seconds, frequencies) {
  const length = Math.round(seconds * RATE);
  const fade = Math.min(80, length / 2); // or it would click
  return Array.from({ length }, (_, n) => {
    const wave = frequencies.reduce((sum, hertz) => sum + Math.sin((2 * Math.PI * hertz * n) / RATE), 0);
    return frequencies.length ? (0.18 * wave * Math.min(1, n / fade, (length - n) / fade)) : 0;
  });
}

// Return the SDK's `sounds`: an address for each name.
export function sounds() {
  const keys = Object.entries(KEYS).map(([key, pair]) => [`dtmf${key}`, wav([0.12, ...pair])]);
  return {
    ...Object.fromEntries(keys),
    incoming: wav([0.4, 440, 480], [0.2], [0.4, 440, 480], [2]),
    outgoing: wav([0.08, 440], [0.04], [0.08, 587]),
    disconnect: wav([0.08, 587], [0.04], [0.12, 440]),
  };
}
