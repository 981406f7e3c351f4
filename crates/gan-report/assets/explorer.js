"use strict";
// The explorer of a live page: pictures of whatever latent is asked for.
(() => {
  const form = document.getElementById("explorer");
  if (!form) return;
  const all = [...document.querySelectorAll("img.explored")];
  // Those of runs that have a snapshot.
  let pictures = [];
  const field = (name) => form.elements[name];
  const count = 8;
  let queued = false;
  let drawing = false;
  let command = null;

  // Files of latents by name, and how many each holds.
  const files = new Map();
  const number = () => field("seed").value || "0";
  const start = () => (field("start").value === "" ? `seed ${number()}` : `latent ${number()} of ${field("start").value}`);

  function query(changes = {}) {
    const moves = [...form.querySelectorAll("[data-direction]")].map((slider) => slider.value);
    const values = {
      ...(field("start").value === "" ? { seed: number() } : { latents: field("start").value, row: number() }),
      mix: field("mix").value,
      truncation: field("truncation").value,
      moves: moves.join(","),
      ...(field("to").value === "" ? {} : { to: field("to").value }),
      ...(field("class")?.value ? { class: field("class").value } : {}),
      ...changes,
    };
    return new URLSearchParams(values).toString();
  }

  // One picture at a time is asked for; of many moves of a slider the last one counts.
  async function draw() {
    if (drawing) return void (queued = true);
    drawing = true;
    for (const output of form.querySelectorAll("output[data-of]")) {
      output.textContent = Number(field(output.dataset.of).value).toFixed(2);
    }
    const problem = document.getElementById("explorer-problem");
    problem.textContent = "";
    for (const picture of pictures) {
      const answer = await fetch(`${picture.dataset.base}/explorer.png?${query()}`).catch(() => null);
      if (!answer?.ok) {
        problem.textContent = answer ? await answer.text() : "The server does not answer.";
        continue;
      }
      const old = picture.src;
      picture.src = URL.createObjectURL(await answer.blob());
      if (old.startsWith("blob:")) URL.revokeObjectURL(old);
      picture.alt = `Picture of ${start()}`;
      if (picture === pictures[0]) command = answer.headers.get("gan-command");
    }
    document.getElementById("explorer-command").textContent = command ?? "";
    document.getElementById("explorer-commands").hidden = command === null;
    document.getElementById("explorer-no-command").hidden = command !== null;
    drawing = false;
    if (queued) {
      queued = false;
      draw();
    }
  }

  function moreLikeThis() {
    const box = document.getElementById("variants");
    const seed = Number(field("seed").value);
    box.replaceChildren();
    for (let i = 1; i <= count; i++) {
      const other = seed + i;
      const button = document.createElement("button");
      button.type = "button";
      const image = document.createElement("img");
      image.className = "grid";
      image.alt = `A little towards seed ${other}`;
      image.src = `${pictures[0].dataset.base}/explorer.png?${query({ to: other, mix: 0.3 })}`;
      button.append(image);
      button.addEventListener("click", () => {
        field("to").value = other;
        field("mix").value = 0.3;
        draw();
      });
      box.append(button);
    }
  }

  // A file holds so many latents; of seeds there is no end.
  function chooseStart() {
    const latents = files.get(field("start").value);
    const what = latents === undefined ? "seed" : "latent";
    document.getElementById("explorer-seed").textContent = what === "seed" ? "Seed" : "Latent";
    document.getElementById("explorer-random").textContent = `Another ${what}`;
    if (latents === undefined) field("seed").removeAttribute("max");
    else field("seed").max = latents - 1;
    if (Number(field("seed").value) >= latents) field("seed").value = 0;
  }

  // What all of the runs can start from.
  function offerFiles(descriptions) {
    const [first, ...others] = descriptions.map(({ latents }) => new Map(latents.files.map((file) => [file.name, file.latents])));
    for (const [name, latents] of first) {
      if (!others.every((other) => other.has(name))) continue;
      files.set(name, Math.min(latents, ...others.map((other) => other.get(name))));
      const option = new Option(`${name}, ${latents === 1 ? "1 latent" : `${latents} latents`}`, name);
      field("start").add(option);
    }
    document.getElementById("explorer-start").hidden = files.size === 0;
  }

  async function begin() {
    const ask = async (picture) => {
      const answer = await fetch(`${picture.dataset.base}/explorer.json`).catch(() => null);
      return answer?.ok ? answer.json() : null;
    };
    const descriptions = await Promise.all(all.map(ask));
    const section = document.getElementById("explore-section");
    pictures = all.filter((_, i) => descriptions[i] !== null);
    all.forEach((picture, i) => (picture.closest("figure").hidden = descriptions[i] === null));
    const about = descriptions.find((description) => description !== null);
    // A run that has just begun has no snapshot yet.
    if (about === undefined) return void setTimeout(begin, 10_000);
    section.hidden = false;
    document.getElementById("explorer-about").textContent =
      [`What the newest snapshot draws, that of step ${about.step.toLocaleString("en")}.`, ...about.latents.problems].join(" ");
    offerFiles(descriptions.filter((description) => description !== null));
    const classes = document.getElementById("explorer-class");
    if (about.classes == null) classes.remove();
    else {
      for (let i = 0; i < about.classes; i++) classes.querySelector("select").add(new Option(about.class_names?.[i] ?? i, i));
    }
    const directions = document.getElementById("directions");
    if (directions.children.length === 0) {
      for (let i = 0; i < about.directions; i++) {
        const label = document.createElement("label");
        label.append(`Direction ${i + 1} `);
        const slider = document.createElement("input");
        Object.assign(slider, { type: "range", name: `direction${i}`, min: -3, max: 3, step: 0.05, value: 0 });
        slider.dataset.direction = i;
        const output = document.createElement("output");
        output.dataset.of = slider.name;
        label.append(slider, output);
        directions.append(label);
      }
    }
    form.addEventListener("input", draw);
    await draw();
  }

  field("start").addEventListener("input", chooseStart);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("explorer-random").addEventListener("click", () => {
    field("seed").value = Math.floor(Math.random() * (files.get(field("start").value) ?? 100_000));
    draw();
  });
  document.getElementById("explorer-reset").addEventListener("click", () => {
    const [from, seed] = [field("start").value, field("seed").value];
    form.reset();
    field("start").value = from;
    field("seed").value = seed;
    draw();
  });
  document.getElementById("explorer-more").addEventListener("click", moreLikeThis);
  document.getElementById("explorer-save").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = pictures[0].src;
    link.download = `${start().replaceAll(/[^\w.]+/g, "-")}.png`;
    link.click();
  });
  begin();
})();
