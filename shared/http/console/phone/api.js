// What the page asks the app: an access token, and what it says when it gives none.

// What went wrong, as somebody reads it who wants to know what to do. `detail` is a list of paragraphs.
export class Trouble extends Error {
  constructor(title, detail = [], more = {}) {
    super(title);
    Object.assign(this, { title, detail: [detail].flat().filter(Boolean), link: "", ...more });
  }
}

// Return {token, identity, ttl, calls_out, lines}. Throws Trouble.
export async function accessToken(identity, key) {
  let answer;
  try {
    answer = await fetch("token", {
      method: "POST",
      headers: { "Content-Type": "application/json", "x-functions-key": key },
      body: JSON.stringify({ identity }),
    });
  } catch {
    throw new Trouble("The line did not answer", "Is it running, and is this device online?", { isPassing: true });
  }
  if (answer.ok) return answer.json();
  throw await troubleOf(answer);
}

async function troubleOf(answer) {
  if (answer.status === 401) return new Trouble("This function key is not the right one", "It opens the API of the line; whoever deployed it has one.");
  try {
    const problem = await answer.json(); // RFC 9457
    const fields = (problem.errors ?? []).map((error) => `${error.field}: ${error.detail}`);
    if (problem.title) return new Trouble(problem.title, fields.length ? fields : problem.detail, { isPassing: answer.status >= 500 && !isSetting(problem) });
  } catch { /* it is no JSON: not the line itself has answered */ }
  return new Trouble(`The answer was ${answer.status}`, "It is not the line that refuses: the log of the app, or what stands before it, knows why.", { isPassing: answer.status >= 500 });
}

function isSetting(problem) {
  return /\bTWILIO_/.test(problem.detail ?? "");
}
