"use strict";
const ROW = 30, HIGH = 24, GAP = 70, PAD = 14, WIDE = 300, NARROW = 140, CHARACTER = 7.8, LONGEST = 44, LEAST = 0.73, MOST = 1500, WHOLE = 150, HITS = 50;
const COLUMN = { source: 0, workload: 0, container: 1, object: 2, key: 3 };
const data = JSON.parse(document.getElementById("data").textContent);
const find = (id) => document.getElementById(id);
const nodes = data.nodes.map(([type, kind, name, space, status, parent, where, problems, attributes, rank, commands], i) => ({
  i, type, kind: data.texts[kind], name, space: data.texts[space], status, parent, where, problems, attributes, rank,
  commands: commands.map((line) => data.texts[line]), edges: [], parts: [],
}));
const edges = data.edges.map(([source, target, how, names, count, marks, effect, why, where, problems]) => ({
  source, target, how, names, count, marks, effect, why: data.texts[why], where, problems,
}));
for (const edge of edges) { nodes[edge.source].edges.push(edge); nodes[edge.target].edges.push(edge); }
for (const node of nodes) if (node.parent >= 0) nodes[node.parent].parts.push(node.i);
const RANK = { error: 2, warning: 1, info: 0 };
const drawable = nodes.filter((node) => node.type in COLUMN);
const homes = nodes.filter((node) => node.type === "namespace");
const home = (node) => { while (node.type !== "namespace" && node.parent >= 0) node = nodes[node.parent]; return node; };
for (const node of drawable) node.home = home(node);
const owner = (node) => (node.type === "key" || node.type === "container") && node.parent >= 0 ? nodes[node.parent] : node;
const place = ([path, line]) => path < 0 ? "" : `${data.texts[path]}:${line}`;
const linkable = ([path, line]) => Boolean(data.base) && path >= 0 && typeof line === "number" && !/^(\/|\.\.\/|<)/.test(data.texts[path]);
const located = ([path, line], text) => linkable([path, line])
  ? make("a", { href: `${data.base}/${data.texts[path].split("/").map(encodeURIComponent).join("/")}#L${line}` }, text)
  : text;
const worst = (node) => Math.max(-1, ...node.problems.map((n) => RANK[data.findings[n][1]]));
const state = { focus: -1, depth: 2, chosen: -1, open: new Set(), off: new Set(), hows: new Set(), levels: new Set(), space: "", view: null };
const history = [];

const make = (name, attributes = {}, ...parts) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") made.onclick = value; else if (value !== false && value !== null) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...parts);
  return made;
};
const draw = (name, attributes = {}, text = "") => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
};
const counted = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;
const called = (node) => (data.words[node.status] ? `${data.words[node.status]}: ` : "") + full(node);
const full = (node) => node.type === "key" || node.type === "container" ? node.name : `${node.kind} ${node.name}`;
const spoken = (node) => {
  const kind = node.type === "key" ? `key of ${full(owner(node))}` : node.type === "container" ? `container of ${full(owner(node))}` : "";
  const parts = node.type === "workload" ? counted(node.parts.length, "container") : node.type === "object" ? counted(node.parts.length, "key") : "";
  const levels = ["error", "warning", "info"].map((level) => [level, node.problems.filter((n) => data.findings[n][1] === level).length]);
  const problems = levels.filter(([, number]) => number).map(([level, number]) => counted(number, level === "info" ? "note" : level));
  return [called(node), kind, parts, ...problems].filter(Boolean).join(", ");
};
const coded = (text) => text.split("`").map((part, i) => i % 2 ? make("code", {}, part) : part);
const say = (text) => { find("said").textContent = text; };

// what is shown

const passes = (node) => {
  const kind = owner(node).kind;
  if (node.type === "key" && state.off.has("key")) return false;
  if ((node.type === "object" || node.type === "key") && state.off.has(kind)) return false;
  return !state.space || node.home.name === state.space;
};
const alive = (edge) => !edge.how || !state.hows.has(edge.how);
const beside = (node) => {
  const found = node.edges.filter(alive).map((edge) => edge.source === node.i ? edge.target : edge.source);
  if (node.type === "key" || node.type === "container") found.push(node.parent);
  if (node.type === "workload") found.push(...node.parts);
  return found.map((i) => nodes[i]).filter(passes);
};
const within = (start, depth) => {
  const found = new Set([start, ...(start.type === "object" ? start.parts.map((i) => nodes[i]).filter(passes) : [])]);
  let border = [start];
  for (let step = 0; step < depth; step++) {
    border = [...new Set(border.flatMap(beside))].filter((node) => !found.has(node));
    for (const node of border) found.add(node);
  }
  for (const node of [...found]) if (node.parent >= 0 && nodes[node.parent].type in COLUMN) found.add(nodes[node.parent]);
  return found;
};
const weight = (found) => [...found].reduce((sum, node) => sum + 4 + node.edges.length / 2, 0);
const shown = () => {
  if (state.focus >= 0) {
    let depth = state.depth, found = within(nodes[state.focus], depth);
    while (weight(found) > MOST && depth > 1) found = within(nodes[state.focus], --depth);
    const cut = [...found].slice(0, MOST / 5);
    const note = depth < state.depth ? `Only ${counted(depth, "step")} around it: more would not be readable.` : "";
    return { found: new Set(cut), boxes: [], note: cut.length < found.size ? `Only ${cut.length} of ${found.size} nodes around it: narrow it with the filters.` : note };
  }
  const passing = drawable.filter(passes);
  if (passing.length <= WHOLE) return { found: new Set(passing), boxes: [], note: "" };
  const found = new Set(), boxes = [];
  let closed = 0;
  if (state.open.has(-1)) for (const node of within(starting, 2)) if (passes(node)) found.add(node);
  for (const space of homes) {
    const here = passing.filter((node) => node.home === space);
    if (!here.length) continue;
    if (state.open.has(space.i) && weight(found) + weight(here) <= MOST) for (const node of here) found.add(node);
    else { closed += state.open.has(space.i); boxes.push([space, here]); }
  }
  const note = closed ? "A namespace stays closed, because more would not be readable: focus on a node, or use the filters." : "";
  return { found, boxes, note };
};

// where it is

const room = () => (Math.max(picture.getBoundingClientRect().width, 400) - 2 * PAD) / LEAST;
const ending = (text, width) => text.length * LETTER <= width ? text : `…${text.slice(1 - Math.floor(width / LETTER))}`;
const short = (text) => text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
const sized = (node) => Math.min(short(called(node)).length * CHARACTER + (node.problems.length ? 54 : 26), WIDE + 54);
const laid = (space, found, title) => {
  const columns = [[], [], [], []];
  for (const node of found) columns[COLUMN[node.type]].push(node);
  const block = { space, title, spots: new Map(), width: PAD, height: 0 };
  const used = columns.filter((each) => each.length);
  const widest = Math.max((room() - 2 * PAD - GAP * (used.length - 1)) / used.length, NARROW);
  for (const column of used) {
    const wish = (node) => {
      const known = beside(node).map((each) => block.spots.get(each)).filter(Boolean);
      return known.length ? known.reduce((sum, spot) => sum + spot.y, 0) / known.length : -1;
    };
    const wishes = new Map(column.map((node) => [node, wish(node)]));
    column.sort((a, b) => (wishes.get(a) - wishes.get(b)) || (a.rank - b.rank) || (a.i - b.i));
    let y = 2 * PAD + 8;
    const wide = Math.min(Math.max(...column.map(sized)), widest);
    for (const node of column) {
      y = Math.max(y, wishes.get(node));
      block.spots.set(node, { x: block.width, y, width: wide });
      y += ROW;
    }
    block.width += wide + GAP;
    block.height = Math.max(block.height, y);
  }
  block.width = Math.max(block.width + PAD - GAP, Math.min(title.length * LETTER + 2 * PAD, room()));
  block.height += PAD / 2;
  return block;
};
const shelved = (blocks) => {
  const area = blocks.reduce((sum, block) => sum + (block.width + PAD) * (block.height + PAD), 0);
  const wide = Math.max(Math.min(Math.sqrt(area * 1.6), room()), ...blocks.map((block) => block.width));
  let x = 0, y = 0, high = 0;
  for (const block of blocks) {
    if (x && x + block.width > wide) { x = 0; y += high + PAD; high = 0; }
    Object.assign(block, { x, y });
    x += block.width + PAD;
    high = Math.max(high, block.height);
  }
  return { width: Math.max(...blocks.map((block) => block.x + block.width), 1), height: y + high };
};
const LETTER = 8;
const build = (node) => node.home.parent >= 0 ? nodes[node.home.parent].name : "";
const spaceOf = (node) => build(node) ? titled(node.home) : node.space;
const titled = (space) => {
  const bundle = space.parent >= 0 ? `${nodes[space.parent].name}: ` : "";
  return `${bundle}${space.space || "no namespace"}`;
};

// the picture

const picture = find("picture");
const shape = (node, width) => {
  const slant = 8, w = width, h = HIGH;
  if (node.kind === "Secret") return `M${slant} 0H${w - slant}L${w} ${h / 2}L${w - slant} ${h}H${slant}L0 ${h / 2}Z`;
  if (node.type === "object") return `M${slant} 0H${w}L${w - slant} ${h}H0Z`;
  const round = node.type === "key" ? 12 : node.type === "container" ? 6 : 1;
  return `M${round} 0H${w - round}Q${w} 0 ${w} ${round}V${h - round}Q${w} ${h} ${w - round} ${h}H${round}Q0 ${h} 0 ${h - round}V${round}Q0 0 ${round} 0Z`;
};
let items = new Map(), lines = [], labels = draw("g"), world = null, size = { width: 1, height: 1 };
const render = () => {
  const before = document.activeElement;
  const active = before && before.dataset ? before.dataset.node : undefined;
  const { found, boxes, note } = shown();
  find("limits").textContent = note;
  const spaces = new Map();
  for (const node of found) (spaces.get(node.home) || spaces.set(node.home, []).get(node.home)).push(node);
  const part = (space) => boxes.some(([each]) => each === space) ? ", in part" : "";
  const blocks = [...spaces].map(([space, here]) => laid(space, here, titled(space) + part(space)));
  for (const [space, here] of boxes) {
    const problems = new Set(here.flatMap((node) => node.problems));
    const text = `${counted(here.filter((n) => n.type === "workload").length, "workload")}, ${counted(here.filter((n) => n.type === "object").length, "object")}`;
    blocks.push({ space, closed: true, text, problems, width: Math.min(Math.max(titled(space).length * LETTER, text.length * 7) + 3 * PAD, room()), height: 64 });
  }
  const bad = (block) => (block.closed ? [...block.problems] : [...block.spots.keys()].flatMap((n) => n.problems)).filter((n) => RANK[data.findings[n][1]]).length;
  blocks.sort((a, b) => Boolean(a.closed) - Boolean(b.closed) || bad(b) - bad(a) || a.space.i - b.space.i);
  size = shelved(blocks);
  world = draw("g");
  items = new Map();
  lines = [];
  labels = draw("g");
  const spots = new Map();
  for (const block of blocks) {
    if (block.closed) { world.append(boxed(block)); continue; }
    world.append(draw("rect", { class: "block", x: block.x, y: block.y, width: block.width, height: block.height, rx: 4 }));
    world.append(draw("text", { class: "title", x: block.x + PAD, y: block.y + 20 }, ending(block.title, block.width - 2 * PAD)));
    for (const [node, spot] of block.spots) spots.set(node, { x: block.x + spot.x, y: block.y + spot.y, width: spot.width });
  }
  const wires = draw("g");
  world.append(wires);
  const drawn = edges.filter((edge) => alive(edge) && spots.has(nodes[edge.source]) && spots.has(nodes[edge.target]));
  for (const edge of drawn) wires.append(wired(edge, spots));
  for (const node of spots.keys()) {
    if (node.parent >= 0 && spots.has(nodes[node.parent])) {
      const own = { source: node.parent, target: node.i, own: true, problems: [] };
      wires.append(wired(own, spots));
    }
  }
  for (const [node, spot] of spots) world.append(placed(node, spot));
  world.append(labels);
  picture.replaceChildren(world);
  if (!state.view) fit(); else look();
  light();
  if (active !== undefined) { const again = picture.querySelector(`[data-node="${active}"]`); if (again) again.focus({ preventScroll: true }); }
  const buttons = { back: history.length === 0, nearer: state.focus < 0, farther: state.focus < 0 };
  for (const [id, off] of Object.entries(buttons)) find(id).disabled = off;
  say(`${counted(spots.size, "node")} shown${boxes.length ? `, ${boxes.length} ${boxes.length === 1 ? "box" : "boxes"} closed` : ""}`);
};
const boxed = (block) => {
  const made = draw("g", { class: "node", tabindex: 0, role: "button", transform: `translate(${block.x} ${block.y})`, "data-node": `box${block.space.i}`,
    "aria-label": `open the namespace ${titled(block.space)}, ${block.text}, ${counted(block.problems.size, "problem")}` });
  made.append(draw("rect", { class: "shape box", width: block.width, height: block.height, rx: 4 }));
  made.append(draw("text", { class: "title", x: PAD, y: 22 }, ending(titled(block.space), block.width - 3 * PAD)), draw("text", { x: PAD, y: 42 }, block.text));
  if (block.problems.size) made.append(draw("text", { class: "count", x: PAD, y: 58 }, `⚠ ${counted(block.problems.size, "problem")}`));
  made.act = () => { remember(); state.open.add(block.space.i); state.view = null; render(); };
  made.onclick = made.act;
  return made;
};
const placed = (node, spot) => {
  const made = draw("g", { class: ["node", node.type, owner(node).type === "object" && node.type === "object" ? node.kind : "", node.status, worst(node) > 0 ? "bad" : ""].filter(Boolean).join(" "),
    tabindex: 0, role: "button", "aria-label": spoken(node), "data-node": node.i, transform: `translate(${spot.x} ${spot.y})` });
  made.append(draw("path", { class: "shape", d: shape(node, spot.width) }));
  const label = draw("text", { x: 12, y: 16 }, called(node));
  const free = spot.width - (node.problems.length ? 36 : 20);
  if (short(called(node)).length * CHARACTER <= free && called(node) === short(called(node))) made.append(label);
  else {
    const window = draw("svg", { width: free - 12, height: HIGH });
    window.append(label);
    made.append(window, draw("text", { x: free - 10, y: 16 }, "…"));
  }
  if (node.problems.length) made.append(draw("text", { class: "count", x: spot.width - 26, y: 16 }, "⚠"));
  made.onclick = () => choose(node);
  made.ondblclick = () => focus(node);
  made.onfocus = () => choose(node);
  made.act = () => focus(node);
  items.set(node.i, { made, spot, node });
  return made;
};
const wired = (edge, spots) => {
  const a = spots.get(nodes[edge.source]), b = spots.get(nodes[edge.target]);
  const right = b.x >= a.x + a.width;
  const x1 = right ? a.x + a.width : a.x + a.width / 2, x2 = right ? b.x : b.x + b.width / 2;
  const y1 = a.y + HIGH / 2, y2 = b.y + HIGH / 2, bend = right ? Math.max((x2 - x1) / 2, 20) : 90;
  const made = draw("g");
  const line = draw("path", { class: `edge${edge.own ? " own" : ""}${edge.problems.length ? " bad" : ""}`, d: `M${x1} ${y1}C${x1 + bend} ${y1} ${right ? x2 - bend : x2 + bend} ${y2} ${x2} ${y2}` });
  made.append(line);
  lines.push({ edge, line });
  return made;
};
const light = () => {
  const chosen = items.get(state.chosen);
  picture.classList.toggle("dimmed", Boolean(chosen));
  const near = chosen ? within(nodes[state.chosen], 1) : new Set();
  for (const { made, node } of items.values()) {
    made.classList.toggle("lit", near.has(node));
    made.classList.toggle("chosen", node.i === state.chosen);
  }
  const said = new Map();
  for (const { edge, line } of lines) {
    const lit = Boolean(chosen) && (edge.source === state.chosen || edge.target === state.chosen);
    line.classList.toggle("lit", lit);
    const other = edge.source === state.chosen ? edge.target : edge.source;
    if (lit && !edge.own) said.set(other, [...(said.get(other) || []), `${edge.marks}${edge.how || "makes"}`]);
  }
  labels.replaceChildren(...[...said].map(([i, words]) => {
    const { spot } = items.get(i), text = [...new Set(words)].join(", "), ahead = spot.x > chosen.spot.x;
    return draw("text", { class: "said", x: ahead ? spot.x - 6 : spot.x + spot.width + 6, y: spot.y + 9, "text-anchor": ahead ? "end" : "start" }, text);
  }));
};

// moving around

const look = () => { const { x, y, scale } = state.view; if (world) world.setAttribute("transform", `translate(${x} ${y}) scale(${scale})`); };
const fit = () => {
  const box = picture.getBoundingClientRect();
  const scale = Math.min(Math.max(Math.min((box.width - 2 * PAD) / size.width, (box.height - 2 * PAD) / size.height), LEAST), 1.25);
  state.view = { x: Math.max((box.width - size.width * scale) / 2, PAD), y: Math.max((box.height - size.height * scale) / 2, PAD), scale };
  look();
};
const zoom = (by, x, y) => {
  const view = state.view, scale = Math.min(Math.max(view.scale * by, 0.1), 4), ratio = scale / view.scale;
  state.view = { x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio, scale };
  look();
};
const reveal = (spot) => {
  const box = picture.getBoundingClientRect(), view = state.view;
  const x = spot.x * view.scale + view.x, y = spot.y * view.scale + view.y;
  if (x < 0 || y < 0 || x + spot.width * view.scale > box.width || y + HIGH * view.scale > box.height) {
    view.x = box.width / 3 - spot.x * view.scale;
    view.y = box.height / 2 - spot.y * view.scale;
    look();
  }
};
const remember = () => { history.push({ focus: state.focus, depth: state.depth, chosen: state.chosen, open: new Set(state.open), view: state.view }); };
const refocus = () => {
  if (document.activeElement !== document.body) return;
  const chosen = items.get(state.chosen);
  (chosen ? chosen.made : picture.querySelector(".node"))?.focus({ preventScroll: true });
};
const back = () => {
  const last = history.pop();
  if (last) { Object.assign(state, last); render(); describe(); refocus(); } else if (state.chosen >= 0) { state.chosen = -1; light(); describe(); }
};
const choose = (node) => {
  if (state.chosen === node.i) return;
  state.chosen = node.i;
  light();
  describe();
};
const focus = (node) => {
  if (state.focus === node.i) return;
  remember();
  Object.assign(state, { focus: node.i, chosen: node.i, view: null });
  render();
  describe();
  go(node);
};
const go = (node) => {
  if (!items.has(node.i)) { remember(); Object.assign(state, { focus: node.i, view: null }); state.chosen = node.i; render(); }
  if (find("table").hidden === false) toggle();
  picture.scrollIntoView({ block: "nearest" });
  const item = items.get(node.i);
  if (item) { reveal(item.spot); item.made.focus({ preventScroll: true }); }
  choose(node);
  describe();
};
const deeper = (by) => { if (state.focus >= 0) { state.depth = Math.min(Math.max(state.depth + by, 1), 9); state.view = null; render(); } };
const toggle = () => {
  const table = find("table");
  table.hidden = !table.hidden;
  table.classList.toggle("open", !table.hidden);
  find("middle").hidden = !table.hidden;
  find("toggle").setAttribute("aria-pressed", String(!table.hidden));
  if (table.hidden && !state.view) fit();
  (table.hidden ? picture : table).scrollIntoView({ block: "nearest" });
};
picture.onpointerdown = (event) => {
  if (event.target.closest(".node")) return;
  const { x, y } = state.view, from = event;
  picture.setPointerCapture(event.pointerId);
  picture.onpointermove = (now) => { state.view.x = x + now.clientX - from.clientX; state.view.y = y + now.clientY - from.clientY; look(); };
  picture.onpointerup = () => { picture.onpointermove = picture.onpointerup = null; };
};
picture.addEventListener("wheel", (event) => {
  event.preventDefault();
  const box = picture.getBoundingClientRect();
  zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, event.clientX - box.left, event.clientY - box.top);
}, { passive: false });
const middle = (by) => { const box = picture.getBoundingClientRect(); zoom(by, box.width / 2, box.height / 2); };
const walk = (node, key) => {
  const spot = items.get(node.i).spot;
  const ahead = [...items.values()].filter((item) => item.node !== node);
  const near = (wanted) => wanted.sort((a, b) => Math.abs(a.spot.y - spot.y) - Math.abs(b.spot.y - spot.y))[0];
  const joined = new Set(beside(node).concat(node.parts.map((i) => nodes[i])));
  if (key === "ArrowRight") return near(ahead.filter((item) => joined.has(item.node) && item.spot.x > spot.x));
  if (key === "ArrowLeft") return near(ahead.filter((item) => joined.has(item.node) && item.spot.x < spot.x));
  const sign = key === "ArrowDown" ? 1 : -1;
  return near(ahead.filter((item) => item.spot.x === spot.x && Math.sign(item.spot.y - spot.y) === sign));
};
picture.onkeydown = (event) => {
  const made = event.target.closest(".node");
  if (!made) return;
  if (event.key === "Enter") { made.act(); event.preventDefault(); }
  if (event.key.startsWith("Arrow") && items.has(Number(made.dataset.node))) {
    const next = walk(nodes[Number(made.dataset.node)], event.key);
    if (next) { reveal(next.spot); next.made.focus({ preventScroll: true }); }
    event.preventDefault();
  }
};
document.onkeydown = (event) => {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "Escape") { if (typing && find("query").value) { find("query").value = ""; search(); } else back(); return; }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const keys = { "/": () => find("query").focus(), f: fit, "+": () => state.focus >= 0 ? deeper(1) : middle(1.25), "-": () => state.focus >= 0 ? deeper(-1) : middle(0.8) };
  if (event.key in keys) { event.preventDefault(); keys[event.key](); }
};

// what is chosen

const linked = (node, text) => make("button", { type: "button", onclick: () => go(node) }, text);
const listOf = (title, entries) => entries.length ? [make("h3", {}, title), make("ul", {}, ...entries.map((each) => make("li", { class: each.class || null }, ...each.parts)))] : [];
const copied = (text) => make("button", { type: "button", onclick: () => { if (navigator.clipboard) navigator.clipboard.writeText(text); say(`copied ${text}`); } }, text);
const describe = () => {
  const panel = find("right"), node = nodes[state.chosen];
  if (!node) { panel.replaceChildren(make("h2", {}, "Details"), make("p", {}, "Choose a node. Enter focuses on it, arrows follow its edges, Escape goes back.")); return; }
  const rows = [["Status", data.words[node.status] || "found"], ["Namespace", node.space || "none"], ...Object.entries(node.attributes)];
  const facts = make("dl", {}, ...rows.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
  const problems = node.problems.map((n) => { const [rule, level, message, help, url] = data.findings[n];
    return { class: level, parts: [make("b", {}, `${level}: `), ...coded(message), help ? make("small", {}, ...coded(help)) : "", make("small", {}, make("a", { href: url }, rule))] }; });
  const about = [node, ...(node.type === "object" || node.type === "workload" ? node.parts.map((i) => nodes[i]) : [])];
  const joins = (own) => about.flatMap((each) => each.edges.filter((edge) => edge.how && (own ? edge.source : edge.target) === each.i)).map((edge) => {
    const other = nodes[own ? edge.target : edge.source];
    const more = edge.count > edge.names.length ? ` +${edge.count - edge.names.length}` : "";
    const names = edge.names.length ? ` → ${edge.names.join(", ")}${more}` : "";
    return { parts: [linked(other, other === owner(other) ? called(other) : `${full(owner(other))}: ${called(other)}`), make("small", {}, `${edge.marks}${edge.how}${names}; a change: ${edge.effect}`, ...(edge.why ? [" (", ...coded(edge.why), ")"] : []), "; ", located(edge.where, place(edge.where)))] };
  });
  const parts = node.parts.map((i) => ({ parts: [linked(nodes[i], called(nodes[i])), make("small", {}, nodes[i].attributes.value || nodes[i].attributes.image || "")] }));
  panel.replaceChildren(
    make("h2", {}, called(node)), ...(node.where[0] >= 0 ? [make("p", {}, copied(place(node.where)), ...(linkable(node.where) ? [" ", located(node.where, "open")] : []))] : []), facts,
    ...listOf("Findings", problems), ...listOf(node.type === "workload" ? "Containers" : "Keys", parts),
    ...listOf("Reads", joins(true)), ...listOf("Read by", joins(false)),
    ...(node.commands.length ? [make("h3", {}, "A change arrives by"), make("pre", { tabindex: 0 }, node.commands.join("\n"))] : []),
  );
};

// problems and search

const firstOf = new Map();
for (const node of drawable) for (const n of node.problems) if (!firstOf.has(n) || (node.status !== "found" && nodes[firstOf.get(n)].status === "found")) firstOf.set(n, node.i);
for (const edge of edges) for (const n of edge.problems) if (!firstOf.has(n)) firstOf.set(n, edge.target);
const starting = nodes[firstOf.get(data.findings.findIndex((_, n) => firstOf.has(n)))] || drawable[0];
const LISTED = 200;
const listProblems = () => {
  const found = data.findings.map((each, n) => [each, n]).filter(([each]) => !state.levels.has(each[1]));
  const items = found.slice(0, LISTED).map(([[rule, level, message, , , where], n]) => {
    const node = nodes[firstOf.get(n)];
    const parts = [make("b", {}, level), " ", ...coded(message), make("small", {}, `${rule}, ${place(where)}`)];
    return make("li", { class: level }, make("button", { type: "button", disabled: !node, onclick: () => go(node) }, ...parts));
  });
  if (found.length > LISTED) items.push(make("li", {}, `and ${found.length - LISTED} more`));
  find("findings").replaceChildren(...(items.length ? items : [make("li", {}, "none")]));
};
const haystack = drawable.map((node) => `${node.name} ${owner(node).name} ${build(node)} ${node.attributes.image || ""} ${place(node.where)} ${node.attributes.value || ""}`.toLowerCase());
const TESTS = {
  kind: (node, value) => owner(node).kind.toLowerCase() === value || node.type === value,
  is: (node, value) => node.status === value || (value === "problem" && node.problems.length > 0),
  how: (node, value) => node.edges.some((edge) => edge.how.toLowerCase() === value),
  ns: (node, value) => node.home.name.toLowerCase() === value,
};
let hits = [];
const search = () => {
  const words = find("query").value.toLowerCase().split(/\s+/).filter(Boolean);
  const tests = words.map((word) => { const [name, value] = word.split(/:(.*)/s); return value !== undefined && name in TESTS ? (node) => TESTS[name](node, value) : (_, text) => text.includes(word); });
  hits = words.length ? drawable.filter((node, i) => tests.every((test) => test(node, haystack[i]))) : [];
  const exact = (node) => node.name.toLowerCase() === words[words.length - 1];
  hits.sort((a, b) => exact(b) - exact(a) || a.i - b.i);
  find("hits").replaceChildren(...hits.slice(0, HITS).map((node) => make("li", {}, make("button", { type: "button", onclick: () => go(node) }, called(node), make("small", {}, [spaceOf(node), node === owner(node) ? "" : full(owner(node))].filter(Boolean).join(", "))))));
  say(words.length ? counted(hits.length, "hit") : "");
};
find("query").oninput = search;
find("search").onsubmit = (event) => { event.preventDefault(); if (hits.length) go(hits[0]); };
const boxes = (id, values, set, job) => find(id).replaceChildren(...values.map((value) => {
  const box = make("input", { type: "checkbox", checked: true, value });
  box.onchange = () => { set[box.checked ? "delete" : "add"](value); job(); };
  return make("label", {}, box, ` ${value}`);
}));
const again = () => { state.view = null; render(); };
boxes("kinds", ["ConfigMap", "Secret", "key"], state.off, again);
boxes("hows", [...new Set(edges.map((edge) => edge.how).filter(Boolean))].sort(), state.hows, again);
boxes("severities", ["error", "warning", "info"].filter((level) => data.findings.some((each) => each[1] === level)), state.levels, listProblems);
for (const name of [...new Set(homes.map((space) => space.name))].sort()) find("namespace").append(make("option", { value: name }, name));
find("namespace").onchange = (event) => { state.space = event.target.value; again(); };
for (const id of ["hows", "severities"]) find(id).parentElement.hidden = !find(id).children.length;
const clicks = { back, nearer: () => deeper(-1), farther: () => deeper(1), out: () => middle(0.8), in: () => middle(1.25), fit, toggle };
for (const [id, job] of Object.entries(clicks)) find(id).onclick = job;
for (const id of ["tools", "left", "middle", "right"]) find(id).hidden = false;
find("table").hidden = true;
if (drawable.length > WHOLE && starting && starting.problems.length) state.open.add(-1);
if (drawable.length > WHOLE && homes.length === 1) state.open.add(homes[0].i);
listProblems();
if (drawable.length) render();
describe();
