// Adding and removing streams, where the program allows it (`--allow-changes`).

const adding = document.getElementById("adding");
const removing = document.getElementById("removing");
const button = document.getElementById("add");
let going = null;

// Sends a change; returns the line that says why it was refused, or "".
async function send(method, path, table) {
  const options = { method };
  if (table) Object.assign(options, {
    headers: { "Content-Type": "application/json" }, body: JSON.stringify(table),
  });
  const answer = await fetch(path, options).catch(() => null);
  if (!answer) return "no connection to the program";
  if (answer.ok) return "";
  const told = await answer.json().catch(() => ({}));
  return told.error || `refused (${answer.status})`;
}

// Runs one change while its dialog is open, and closes that if it was done.
async function carryOut(dialog, change) {
  const act = dialog.querySelector(".act"), wrong = dialog.querySelector(".wrong");
  act.disabled = true;
  const error = await change();
  act.disabled = false;
  wrong.textContent = error;
  wrong.hidden = !error;
  if (!error) dialog.close();
  return !error;
}

function open(dialog) {
  dialog.querySelector(".wrong").hidden = true;
  dialog.showModal();
}

button.addEventListener("click", () => open(adding));
for (const dialog of [adding, removing]) {
  dialog.querySelector(".cancel").addEventListener("click", () => dialog.close());
}

adding.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const given = [...new FormData(form)].filter(([, value]) => value.trim());
  const table = Object.fromEntries(given.map(([key, value]) => [key, value.trim()]));
  if (await carryOut(adding, () => send("POST", "/api/streams", table))) form.reset();
});

removing.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const path = `/api/streams/${encodeURIComponent(going)}`;
  carryOut(removing, () => send("DELETE", path));
});

// Shows or hides what changes streams; `kept` says how long a change lasts.
export function allow(kept) {
  document.body.classList.toggle("changes", Boolean(kept));
  for (const note of document.querySelectorAll(".kept")) note.textContent = kept ? `This is ${kept}.` : "";
}

// Asks whether a stream is to be removed, and removes it.
export function remove(name) {
  going = name;
  removing.querySelector("b").textContent = name;
  open(removing);
}
