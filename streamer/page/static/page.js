// The page: a card for each stream. Figures come once a second over one socket;
// pictures over a socket for each card, open only while somebody can see it.

import { allow, remove } from "./changes.js";
import { plots } from "./plots.js";
import { Video, canDecode } from "./video.js";

const cards = new Map();
const PLOTS_EVERY_MS = 10000;

function socketTo(path) {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(`${scheme}//${location.host}${path}`);
}

function ago(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

function bytes(count) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (count >= 1000 && unit < units.length - 1) { count /= 1000; unit += 1; }
  return `${count.toFixed(unit ? 1 : 0)} ${units[unit]}`;
}

function setFigures(list, figures) {
  const rows = figures.filter(([, value]) => value !== null && value !== undefined && value !== "");
  const keys = rows.map(([key]) => key).join("|");
  if (list.dataset.keys !== keys) {
    list.dataset.keys = keys;
    list.replaceChildren(...rows.map(([key, , wide]) => {
      const row = document.createElement("div");
      if (wide) row.className = "wide";
      const term = document.createElement("dt"), value = document.createElement("dd");
      term.textContent = key;
      row.append(term, value);
      return row;
    }));
  }
  list.querySelectorAll("dd").forEach((value, number) => {
    const text = String(rows[number][1]);
    if (value.textContent !== text) value.textContent = text;
  });
}

class Card {
  constructor(name) {
    this.name = name;
    this.element = document.getElementById("card").content.firstElementChild.cloneNode(true);
    this.find("h2").textContent = name;
    this.element.dataset.stream = name;
    this.canvas = this.find("canvas");
    this.slider = this.find(".slider");
    this.slider.addEventListener("input", () => this.draw());
    this.find(".log").addEventListener("toggle", () => this.readLog());
    this.find(".live").addEventListener("click", () => this.setLive(!this.video));
    this.find(".remove").addEventListener("click", () => remove(name));
    this.seen = new IntersectionObserver((entries) => {
      this.visible = entries[entries.length - 1].isIntersecting;
      this.watch();
    });
    this.seen.observe(this.find(".view"));
    this.plotted = 0;
  }

  find(selector) { return this.element.querySelector(selector); }

  // Opens or closes the pictures' socket, as somebody can see them or not.
  watch() {
    const wanted = this.visible && !document.hidden && !this.gone;
    if (wanted && !this.socket) this.open();
    if (!wanted && this.socket) { this.socket.close(); this.socket = null; }
  }

  open() {
    const { video } = this;
    const socket = socketTo(`/ws/${video ? "video" : "pictures"}/${encodeURIComponent(this.name)}`);
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onmessage = (event) => (video || this).take(event.data);
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (event.reason) this.find(".none").textContent = event.reason;
      setTimeout(() => this.watch(), 2000);
    };
  }

  // Shows the stream itself, or pairs of pictures again.
  setLive(wanted) {
    if (this.video) this.video.close();
    this.video = wanted ? new Video(
      (picture, time) => this.drawLive(picture, time),
      (error) => { this.setLive(false); this.find(".live").title = error; },
    ) : null;
    this.find(".live").setAttribute("aria-pressed", String(wanted));
    this.find(".view").classList.toggle("alone", wanted);
    if (this.socket) { this.socket.close(); this.socket = null; }
    this.watch();
  }

  drawLive(picture, time) {
    if (!this.video) return;
    this.fit(picture.displayWidth, picture.displayHeight);
    this.canvas.getContext("2d").drawImage(picture, 0, 0);
    this.canvas.dataset.liveTime = String(time);
    this.find(".none").hidden = true;
  }

  // One message holds both pictures and their time, so the halves never drift.
  async take(data) {
    if (this.busy || this.video) return;
    this.busy = true;
    try {
      const head = new DataView(data), first = head.getUint32(8);
      const jpeg = (start, end) => createImageBitmap(new Blob([data.slice(start, end)], { type: "image/jpeg" }));
      const pair = await Promise.all([jpeg(12, 12 + first), jpeg(12 + first)]);
      (this.pair || []).forEach((bitmap) => bitmap.close());
      this.pair = pair;
      this.canvas.dataset.time = String(head.getBigUint64(0));
      this.find(".none").hidden = true;
      this.draw();
    } finally { this.busy = false; }
  }

  draw() {
    if (!this.pair || this.video) return;
    const [before, after] = this.pair;
    const { width, height } = after;
    this.fit(width, height);
    const split = Math.round(width * this.slider.value / 1000);
    const context = this.canvas.getContext("2d");
    context.drawImage(after, 0, 0);
    if (split > 0) context.drawImage(before, 0, 0, split, height, 0, 0, split, height);
    context.fillStyle = "rgba(255,255,255,.85)";
    context.fillRect(split - 1, 0, 2, height);
    context.beginPath();
    context.arc(split, height / 2, Math.max(6, width / 90), 0, 7);
    context.fill();
    this.find(".label.before").hidden = this.slider.value < 80;
    this.find(".label.after").hidden = this.slider.value > 920;
  }

  fit(width, height) {
    if (this.canvas.width === width && this.canvas.height === height) return;
    this.canvas.width = width; this.canvas.height = height;
    this.find(".view").style.aspectRatio = `${width} / ${Math.min(height, width)}`;
  }

  show(stream, now) {
    this.find(".live").hidden = !(stream.video && canDecode);
    const state = this.find(".state");
    if (stream.progress) this.showProgress(stream.progress);
    const live = stream.state !== undefined;
    state.hidden = !live;
    if (live) {
      const well = stream.healthy && stream.state === "streaming";
      state.className = `state ${well ? "good" : stream.healthy ? "warn" : "bad"}`;
      const cause = stream.cause ? ` (${stream.cause})` : "";
      // Where the state alone looks well, what is wrong is an overload or an output.
      const more = stream.state === "streaming" && stream.problem ? `: ${stream.problem}` : "";
      this.find(".word").textContent = `${stream.state}${cause}, ${ago(now - stream.since)}${more}`;
    }
    setFigures(this.find(".figures"), live ? this.liveFigures(stream) : [["Rain now", this.rain(stream)]]);
    if (live && Date.now() - this.plotted > PLOTS_EVERY_MS) this.readPlots();
    if (this.find(".log").open) this.readLog();
  }

  rain(stream) {
    return stream.coverage === null ? null : `${stream.coverage.toFixed(2)} %`;
  }

  liveFigures(stream) {
    const drops = Object.entries(stream.dropped).sort().map(([cause, count]) => `${cause} ${count}`);
    const kept = stream.recordings;
    return [
      ["Frames in", `${stream.fps_in.toFixed(1)} fps`],
      ["Frames out", `${stream.fps_out.toFixed(1)} fps`],
      ["Latency p50 / p95", `${stream.latency_ms.p50_ms.toFixed(0)} / ${stream.latency_ms.p95_ms.toFixed(0)} ms`],
      ["Sent", stream.kbit_s === null ? null : `${stream.kbit_s.toFixed(0)} kbit/s`],
      ["Rain now", this.rain(stream)],
      ["Reconnects", stream.reconnects],
      ["Decoder", stream.decoder],
      ["Dropped", drops.join(", ") || "none", drops.length > 1],
      ["Recordings", kept ? `${kept.count}, ${bytes(kept.size_bytes)}, newest ${kept.newest}` : null, true],
    ];
  }

  showProgress(progress) {
    const total = progress.frames_total;
    this.find(".progress").hidden = false;
    this.find(".bar").style.width = total ? `${100 * Math.min(progress.frames_done / total, 1)}%` : "0";
    const left = progress.eta_seconds === null ? "" : `, ${ago(progress.eta_seconds)} left`;
    this.find(".eta").textContent =
      `${progress.frames_done}${total ? ` of ${total}` : ""} frames, ${progress.fps.toFixed(1)} fps${left}`;
  }

  async readPlots() {
    this.plotted = Date.now();
    const answer = await fetch(`/api/streams/${encodeURIComponent(this.name)}/history`);
    if (answer.ok) this.find(".plots").replaceChildren(...plots(await answer.json()));
  }

  async readLog() {
    if (!this.find(".log").open || this.reading) return;
    this.reading = true;
    try {
      const answer = await fetch(`/api/log?stream=${encodeURIComponent(this.name)}`);
      if (!answer.ok) return;
      const lines = (await answer.json()).reverse().map((line) => {
        const item = document.createElement("li");
        item.className = line.level;
        item.textContent = `${new Date(line.time * 1000).toLocaleTimeString()}  ${line.text}`;
        return item;
      });
      this.find(".log ol").replaceChildren(...lines);
    } finally { this.reading = false; }
  }

  remove() {
    this.gone = true;
    if (this.video) this.video.close();
    this.watch();
    this.seen.disconnect();
    this.element.remove();
  }
}

function show(board) {
  const names = new Set(board.streams.map((stream) => stream.name));
  for (const [name, card] of cards) if (!names.has(name)) { card.remove(); cards.delete(name); }
  for (const stream of board.streams) {
    if (!cards.has(stream.name)) {
      cards.set(stream.name, new Card(stream.name));
      document.getElementById("streams").append(cards.get(stream.name).element);
    }
    cards.get(stream.name).show(stream, board.time);
  }
  const unwell = board.streams.filter((stream) => stream.healthy === false).length;
  const count = board.streams.length;
  const words = `${count} ${count === 1 ? "stream" : "streams"}`;
  const summary = document.getElementById("summary");
  summary.textContent = unwell ? `${words}, ${unwell} not well` : words;
  summary.className = unwell ? "bad" : "";
  const about = board.about;
  allow(about.changes);
  setFigures(document.getElementById("about"), [
    ["version", about.version], ["network", about.network], ["on", about.device],
    ["backend", `${about.backend} ${about.precision}`], ["slots", about.slots],
    ["CPU", about.cpu === undefined ? null : `${about.cpu.toFixed(1)} cores`],
    ["memory", about.memory_mib === undefined ? null : `${about.memory_mib} MiB`],
  ]);
}

function follow() {
  const socket = socketTo("/ws/state");
  socket.onmessage = (event) => show(JSON.parse(event.data));
  socket.onclose = async () => {
    const summary = document.getElementById("summary");
    summary.textContent = "no connection to the program; trying again";
    summary.className = "bad";
    const answer = await fetch("/api/streams").catch(() => null);
    if (answer && answer.status === 401) location.assign("/login");
    else setTimeout(follow, 2000);
  };
}

document.addEventListener("visibilitychange", () => cards.forEach((card) => card.watch()));
follow();
