// Small plots of the last hour as SVG: one or two lines, and an area for rain.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 360, HEIGHT = 48, SHORTEST_SECONDS = 300;

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function places(points, key, top, now, seconds) {
  return points
    .filter((point) => point[key] !== null)
    .map((point) => {
      const x = WIDTH * (1 - (now - point.time) / seconds);
      return `${x.toFixed(1)},${(HEIGHT * (1 - Math.min(point[key] / top, 1))).toFixed(1)}`;
    });
}

function plot(title, points, keys, unit, area) {
  const values = points.flatMap((p) => keys.map((key) => p[key])).filter((v) => v !== null);
  if (!values.length) return null;
  const top = Math.max(...values, area ? 1 : 0.1) * 1.1;
  const now = points[points.length - 1].time;
  const seconds = Math.max(now - points[0].time, SHORTEST_SECONDS);
  const figure = document.createElement("div");
  figure.className = "plot";
  figure.textContent = `${title}, ${Math.round(seconds / 60)} min, max ${Math.max(...values).toFixed(1)} ${unit}`;
  const svg = element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" });
  svg.append(element("line", { x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT }));
  keys.forEach((key, number) => {
    const line = places(points, key, top, now, seconds);
    if (!line.length) return;
    if (area) {
      const first = line[0].split(",")[0], last = line[line.length - 1].split(",")[0];
      svg.append(element("polygon", { points: `${first},${HEIGHT} ${line.join(" ")} ${last},${HEIGHT}` }));
    }
    svg.append(element("polyline", { points: line.join(" "), class: number ? "second" : "" }));
  });
  figure.append(svg);
  return figure;
}

export function plots(points) {
  if (points.length < 2) return [];
  return [
    plot("Rain", points, ["coverage"], "%", true),
    plot("Frames", points, ["fps_out", "fps_in"], "fps", false),
  ].filter(Boolean);
}
