"use strict";
// One reader's study. Every answer is sent as it is given; one that could not be sent stays in the
// page, is sent again, and the page says so until it is kept.

const QUESTIONS = [
  ["film", "Film: would you take it for a patient's? 1 (not at all) to 10 (fully)"],
  ["report", "Report: would a radiologist write it so? 1 to 10"],
  ["match", "Match: does the report say what the film shows? 1 to 10"],
];
const GUESS = "guess";
const RETRY_MILLISECONDS = 2000, ANSWER_MILLISECONDS = 15000;
const base = location.pathname.replace(/\/$/, "");
const at = (id) => document.getElementById(id);
let items = [], guesses = [], place = 0, marked = 0, filmIsShown = false;
const view = { zoom: 1, x: 0, y: 0, inverted: false };

start();

async function start() {
  const told = await fetch(`${base}/state`).catch(() => null);
  if (!told || !told.ok) return tell("The study could not be loaded. Load this page again.");
  const state = await told.json();
  items = state.items.map((item) => ({ ...item, unsaved: false, sending: false }));
  guesses = state.guesses;
  buildQuestions();
  listen();
  const open = items.findIndex((item) => !complete(item));
  show(open < 0 ? 0 : open);
}

function buildQuestions() {
  const numbers = Array.from({ length: 10 }, (_, i) => i + 1);
  for (const [name, text] of QUESTIONS) at("questions").append(question(name, text, numbers));
  at("questions").append(question(GUESS, "Where is it from?", guesses));
}

function question(name, text, choices) {
  const set = document.createElement("fieldset");
  set.id = `question-${name}`;
  const legend = document.createElement("legend");
  legend.textContent = text;
  const row = document.createElement("div");
  row.className = "choices";
  for (const choice of choices) {
    const label = document.createElement("label"), input = document.createElement("input");
    const shown = document.createElement("span");
    input.type = "radio";
    input.name = name;
    input.value = choice;
    shown.textContent = choice;
    label.append(input, shown);
    row.append(label);
  }
  set.append(legend, row);
  set.addEventListener("change", (event) => answer(name, event.target.value));
  set.addEventListener("focusin", () => mark(names().indexOf(name)));
  return set;
}

function names() {
  return [...QUESTIONS.map(([name]) => name), GUESS];
}

function complete(item) {
  return names().every((name) => item.answers[name] !== null);
}

function answer(name, value) {
  items[place].answers[name] = name === GUESS ? value : Number(value);
  changed(items[place]);
}

// === Showing ===

function show(number) {
  if (number !== place) tell("");
  place = number;
  const item = items[place];
  at("title").textContent = `Item ${place + 1} of ${items.length}`;
  at("report").textContent = item.report;
  showFilm();
  at("comment").value = item.answers.comment;
  at("previous").disabled = place === 0;
  at("next").disabled = place === items.length - 1;
  resetView();
  showAnswers();
  const open = names().findIndex((name) => item.answers[name] === null);
  mark(open < 0 ? 0 : open);
}

// No answer is taken while another item's film, or none, stands beside the report.
function showFilm() {
  filmIsShown = false;
  at("questions").inert = true;
  at("film").style.visibility = "hidden";
  at("film").src = `${base}/film/${place}`;
}

function filmLoaded() {
  if (!at("film").src.endsWith(`/film/${place}`)) return;
  filmIsShown = true;
  at("questions").inert = false;
  at("film").style.visibility = "visible";
}

function filmFailed() {
  tell("The film could not be loaded; it is tried again.");
  const failed = place;
  setTimeout(() => place === failed && showFilm(), RETRY_MILLISECONDS);
}

function showAnswers() {
  const { answers } = items[place];
  for (const input of at("questions").querySelectorAll("input")) {
    input.checked = String(answers[input.name]) === input.value;
  }
  showProgress();
}

function showProgress() {
  const done = items.filter(complete).length;
  at("progress").textContent = `${done} of ${items.length} rated`;
  at("next-open").disabled = done === items.length;
  const waiting = items.some((item) => item.unsaved || item.sending);
  at("saved").className = waiting ? "bad" : "";
  if (waiting) at("saved").textContent = "Not kept yet: leave this page open";
  else at("saved").textContent = done === items.length ? "All rated and kept. Thank you." : "Kept";
}

function mark(number) {
  marked = number;
  names().forEach((name, i) => at(`question-${name}`).classList.toggle("marked", i === marked));
}

// === Keeping ===

function changed(item) {
  item.unsaved = true;
  if (!item.sending) send(item);
  showProgress();
}

async function send(item) {
  item.sending = true;
  while (item.unsaved) {
    item.unsaved = false;
    const sent = { ...item.answers };
    try {
      await keep(item, sent);
      item.unanswered = null;
    } catch {
      item.unanswered = sent; // it may have been kept, and its answer lost
      item.unsaved = true;
      showProgress();
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
    }
  }
  item.sending = false;
  showProgress();
}

async function keep(item, sent) {
  const answer = await fetch(`${base}/rating/${items.indexOf(item)}`, {
    method: "PUT",
    body: JSON.stringify({ answers: sent, revision: item.revision }),
    signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
  });
  if (answer.status >= 500) throw new Error("The server failed.");
  if (answer.ok) item.revision = (await answer.json()).revision;
  else if (answer.status === 409) taken(item, await answer.json());
  else tell(`Item ${items.indexOf(item) + 1} was refused: ${await answer.text()}`);
}

function taken(item, current) {
  item.revision = current.revision;
  if (item.unanswered && same(item.unanswered, current.answers)) {
    item.unsaved = true; // our own rating stands there; what was answered since is sent now
    return;
  }
  const { comment } = item.answers;
  item.answers = current.answers;
  item.unsaved = false;
  if (item === items[place]) show(place);
  const lost = comment && comment !== item.answers.comment ? ` Your comment was: ${comment}` : "";
  tell(`Item ${items.indexOf(item) + 1} was rated in another tab; that is shown now.${lost}`);
}

function same(answers, others) {
  return Object.keys(answers).every((name) => answers[name] === others[name]);
}

function tell(text) {
  at("notice").textContent = text;
  at("notice").hidden = !text;
}

// === The film ===

function resetView() {
  Object.assign(view, { zoom: 1, x: 0, y: 0, inverted: false });
  at("contrast").value = 100;
  at("brightness").value = 100;
  showView();
}

function showView() {
  at("film").style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.zoom})`;
  at("film").style.filter = `invert(${view.inverted ? 1 : 0}) ` +
    `brightness(${at("brightness").value}%) contrast(${at("contrast").value}%)`;
  at("invert").setAttribute("aria-pressed", view.inverted);
}

function zoom(factor) {
  view.zoom = Math.min(8, Math.max(1, view.zoom * factor));
  if (view.zoom === 1) view.x = view.y = 0;
  showView();
}

function invert() {
  view.inverted = !view.inverted;
  showView();
}

// === Input ===

function listen() {
  at("previous").onclick = () => move(-1);
  at("next").onclick = () => move(1);
  at("next-open").onclick = nextOpen;
  at("zoom-in").onclick = () => zoom(1.25);
  at("zoom-out").onclick = () => zoom(0.8);
  at("invert").onclick = invert;
  at("reset").onclick = resetView;
  at("contrast").oninput = at("brightness").oninput = showView;
  at("comment").oninput = () => {
    items[place].answers.comment = at("comment").value.toWellFormed().replaceAll("\0", "");
    changed(items[place]);
  };
  at("film").onload = filmLoaded;
  at("film").onerror = filmFailed;
  at("help-button").onclick = () => {
    at("help").hidden = !at("help").hidden;
    at("help-button").setAttribute("aria-expanded", !at("help").hidden);
  };
  at("frame").addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15);
  }, { passive: false });
  at("frame").addEventListener("pointerdown", (event) => {
    at("frame").setPointerCapture(event.pointerId);
  });
  at("frame").addEventListener("pointermove", (event) => {
    if (!at("frame").hasPointerCapture(event.pointerId)) return;
    view.x += event.movementX;
    view.y += event.movementY;
    showView();
  });
  document.addEventListener("keydown", pressed);
  addEventListener("beforeunload", (event) => {
    if (items.some((item) => item.unsaved || item.sending)) event.preventDefault();
  });
}

function move(by) {
  const next = place + by;
  if (next >= 0 && next < items.length) show(next);
}

function nextOpen() {
  const places = items.map((_, i) => (place + 1 + i) % items.length);
  const open = places.find((i) => !complete(items[i]));
  if (open !== undefined) show(open);
}

function pressed(event) {
  const typing = event.target.tagName === "TEXTAREA" || event.target.type === "range";
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.type === "radio" && event.key.startsWith("Arrow")) return;
  const keys = {
    n: () => move(1), p: () => move(-1), ArrowLeft: () => move(-1), ArrowRight: () => move(1),
    u: nextOpen, "+": () => zoom(1.25),
    "-": () => zoom(0.8), i: invert, r: resetView,
  };
  const digit = /^[0-9]$/.test(event.key);
  if (digit && (event.repeat || !filmIsShown)) return; // a held key rates nothing
  if (digit) choose(event.key === "0" ? 10 : Number(event.key));
  else if (keys[event.key]) keys[event.key]();
  else return;
  event.preventDefault();
}

function choose(number) {
  const name = names()[marked];
  if (name === GUESS && number > guesses.length) return;
  answer(name, name === GUESS ? guesses[number - 1] : number);
  showAnswers();
  if (marked < names().length - 1) mark(marked + 1);
  else if (complete(items[place])) nextOpen();
}
