"use strict";
// The page of one or more runs: plays the samples, draws the curves, and follows a live run.
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  let data = JSON.parse(document.getElementById("data").textContent);
  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
  const whole = new Intl.NumberFormat("en");

  // ---- Samples over training -------------------------------------------------------------------
  const slider = document.getElementById("time");
  const play = document.getElementById("play");
  const now = document.getElementById("now");
  let steps = [];
  let timer = null;

  function frameAt(run, step) {
    let found = data.runs[run].frames[0];
    for (const frame of data.runs[run].frames) {
      if (frame.step <= step) found = frame;
    }
    return found;
  }

  function show(index) {
    if (steps.length === 0) return;
    const step = steps[index];
    slider.value = index;
    slider.setAttribute("aria-valuetext", `step ${whole.format(step)}`);
    now.textContent = whole.format(step);
    for (const image of document.querySelectorAll("img.grid[data-run]")) {
      const run = Number(image.dataset.run);
      const frame = frameAt(run, step);
      if (!frame || image.dataset.step === String(frame.step)) continue;
      image.dataset.step = frame.step;
      image.src = frame.src;
      image.alt = `Samples of ${data.runs[run].name} after ${frame.step} steps`;
      const label = document.querySelector(`output.step[data-run="${run}"]`);
      if (label) label.textContent = whole.format(frame.step);
    }
    for (const { plot } of plots) plot.redraw(false);
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    play.setAttribute("aria-pressed", "false");
    play.innerHTML = '<span aria-hidden="true">▶</span> Play';
  }

  function start() {
    if (Number(slider.value) >= steps.length - 1) show(0);
    play.setAttribute("aria-pressed", "true");
    play.innerHTML = '<span aria-hidden="true">❚❚</span> Pause';
    // The whole training in eight seconds, at least four pictures a second.
    const wait = Math.min(250, Math.max(50, 8000 / Math.max(1, steps.length)));
    timer = setInterval(() => {
      const next = Number(slider.value) + 1;
      if (next >= steps.length) stop();
      else show(next);
    }, wait);
  }

  function setSteps() {
    const followed = steps.length === 0 || Number(slider.value) === steps.length - 1;
    const step = steps[Number(slider.value)];
    steps = [...new Set(data.runs.flatMap((run) => run.frames.map((frame) => frame.step)))];
    steps.sort((a, b) => a - b);
    slider.max = Math.max(0, steps.length - 1);
    play.disabled = slider.disabled = steps.length < 2;
    show(followed ? steps.length - 1 : Math.max(0, steps.indexOf(step)));
  }

  function showNearest(step) {
    let best = 0;
    steps.forEach((other, index) => {
      if (Math.abs(other - step) < Math.abs(steps[best] - step)) best = index;
    });
    stop();
    show(best);
  }

  // ---- Curves ----------------------------------------------------------------------------------
  const plots = [];
  const sync = uPlot.sync("steps");
  let zooming = false;

  // All lines of a chart over the union of their steps.
  function tables(chart) {
    const parts = chart.lines.map((line) => [line.steps, line.values, ...(line.interval ?? [])]);
    return parts.length === 1 ? parts[0] : uPlot.join(parts);
  }

  function seriesOf(chart) {
    const series = [{ label: "step", value: (_, step) => (step == null ? "–" : whole.format(step)) }];
    const bands = [];
    chart.lines.forEach((line, index) => {
      const stroke = colour(`--c${(data.runs.length > 1 ? line.run : index) % 8}`);
      const value = (_, y) => (y == null ? "–" : number.format(y));
      const points = { show: line.steps.length < 40, size: 5, fill: stroke };
      series.push({ label: line.label, stroke, width: 1.6, spanGaps: true, value, points });
      if (line.interval) {
        const edge = { stroke: "transparent", width: 0, spanGaps: true, points: { show: false }, value };
        series.push({ ...edge, label: "95 % low" }, { ...edge, label: "95 % high" });
        bands.push({ series: [series.length - 1, series.length - 2], fill: stroke + "2e" });
      }
    });
    return { series, bands };
  }

  // The baselines of real images, and the step whose samples are shown.
  function drawLevels(chart) {
    return (plot) => {
      const { ctx, bbox } = plot;
      ctx.save();
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
      chart.lines.forEach((line, index) => {
        if (line.baseline == null) return;
        const y = plot.valToPos(line.baseline, "y", true);
        ctx.strokeStyle = colour(`--c${(data.runs.length > 1 ? line.run : index) % 8}`);
        ctx.beginPath();
        ctx.moveTo(bbox.left, y);
        ctx.lineTo(bbox.left + bbox.width, y);
        ctx.stroke();
        ctx.fillStyle = colour("--soft");
        ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
        ctx.fillText("real images", bbox.left + 6 * devicePixelRatio, y - 4 * devicePixelRatio);
      });
      // Troubles: a small triangle at the top of each.
      ctx.setLineDash([]);
      ctx.fillStyle = colour("--warn");
      for (const { step } of data.runs.flatMap((run) => run.marks)) {
        const x = plot.valToPos(step, "x", true);
        if (x < bbox.left || x > bbox.left + bbox.width) continue;
        const size = 5 * devicePixelRatio;
        ctx.beginPath();
        ctx.moveTo(x - size, bbox.top);
        ctx.lineTo(x + size, bbox.top);
        ctx.lineTo(x, bbox.top + 1.6 * size);
        ctx.fill();
      }
      const step = steps[Number(slider.value)];
      if (step != null) {
        const x = plot.valToPos(step, "x", true);
        if (x >= bbox.left && x <= bbox.left + bbox.width) {
          ctx.setLineDash([]);
          ctx.strokeStyle = colour("--soft");
          ctx.beginPath();
          ctx.moveTo(x, bbox.top);
          ctx.lineTo(x, bbox.top + bbox.height);
          ctx.stroke();
        }
      }
      ctx.restore();
    };
  }

  // Zooming one chart zooms all.
  function zoomAll(plot, scale) {
    if (scale !== "x" || zooming) return;
    zooming = true;
    const { min, max } = plot.scales.x;
    for (const other of plots) {
      if (other.plot !== plot && other.plot.scales.x.min !== min | other.plot.scales.x.max !== max) {
        other.plot.setScale("x", { min, max });
      }
    }
    zooming = false;
  }

  function yRange(chart) {
    return (_, low, high) => {
      if (low == null || high == null) return [0, 1];
      for (const { baseline } of chart.lines) {
        if (baseline != null) [low, high] = [Math.min(low, baseline), Math.max(high, baseline)];
      }
      if (chart.id.startsWith("probability")) return [0, 1];
      const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
      return [low >= 0 && low - room < 0 ? 0 : low - room, high + room];
    };
  }

  function draw(chart, box) {
    const { series, bands } = seriesOf(chart);
    const axis = { stroke: colour("--soft"), grid: { stroke: colour("--rule"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
    const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 4 });
    const labels = (_, values) => values.map((value) => compact.format(value));
    const options = {
      width: Math.max(200, box.clientWidth),
      height: 240,
      series,
      bands,
      scales: { x: { time: false }, y: { range: yRange(chart) } },
      axes: [{ ...axis, values: labels }, { ...axis, size: 56, values: labels }],
      cursor: { sync: { key: sync.key, setSeries: false }, drag: { x: true, y: false }, focus: { prox: 24 } },
      legend: { live: true },
      hooks: { draw: [drawLevels(chart)], setScale: [zoomAll] },
    };
    const plot = new uPlot(options, tables(chart), box);
    plot.root.setAttribute("role", "img");
    plot.root.setAttribute("aria-label", describe(chart));
    plot.over.addEventListener("click", () => {
      const x = plot.posToVal(plot.cursor.left, "x");
      if (Number.isFinite(x) && plot.select.width === 0) showNearest(x);
    });
    return plot;
  }

  // What a chart says, for who cannot see it.
  function describe(chart) {
    const lines = chart.lines.map((line) => {
      const finite = line.values.filter((value) => value != null);
      const last = finite[finite.length - 1];
      const ends = `from ${number.format(finite[0])} to ${number.format(last)}`;
      return `${line.label}: ${ends}, lowest ${number.format(Math.min(...finite))}, highest ${number.format(Math.max(...finite))}`;
    });
    const troubles = data.runs.flatMap((run) => run.marks.map(({ step, text }) => `step ${step}: ${text}`));
    const marked = troubles.length ? ` Marked: ${troubles.slice(0, 5).join("; ")}.` : "";
    return `${chart.title}. ${lines.join("; ")}.${marked}`;
  }

  function drawAll() {
    for (const { plot } of plots.splice(0)) plot.destroy();
    for (const chart of data.charts) {
      const box = document.querySelector(`[data-chart="${CSS.escape(chart.id)}"] .plot`);
      if (box) plots.push({ plot: draw(chart, box), box, id: chart.id });
    }
  }

  // ---- Commands --------------------------------------------------------------------------------
  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".copy");
    if (!button) return;
    const code = button.parentElement.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      // A page from disk may not write to the clipboard this way.
      getSelection().selectAllChildren(code);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    document.getElementById("copied").textContent = `Copied: ${code.textContent}`;
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });

  // ---- A run that goes on ----------------------------------------------------------------------
  function same(charts) {
    const ids = [...document.querySelectorAll("[data-chart]")].map((box) => box.dataset.chart);
    return ids.length === charts.length && charts.every((chart, i) => chart.id === ids[i]);
  }

  function update(fresh) {
    data = fresh;
    for (const entry of plots) {
      const chart = data.charts.find((other) => other.id === entry.id);
      const whole = entry.plot.scales.x.min === entry.plot.data[0][0]
        && entry.plot.scales.x.max === entry.plot.data[0][entry.plot.data[0].length - 1];
      const { min, max } = entry.plot.scales.x;
      zooming = true;
      entry.plot.setData(tables(chart), whole);
      if (!whole) entry.plot.setScale("x", { min, max });
      zooming = false;
      entry.plot.root.setAttribute("aria-label", describe(chart));
    }
    setSteps();
  }

  async function refresh() {
    const answer = await fetch(location.pathname, { cache: "no-store" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const charts = fresh.getElementById("charts");
    const next = JSON.parse(fresh.getElementById("data").textContent);
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const old = document.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`);
      if (!old || old.contains(document.activeElement)) continue;
      const open = [...old.querySelectorAll("details")].map((details) => details.open);
      const keep = old.querySelector("#connection");
      old.replaceChildren(...part.childNodes);
      old.querySelectorAll("details").forEach((details, i) => (details.open = open[i] ?? false));
      if (keep) old.querySelector("#connection")?.replaceWith(keep);
    }
    if (!same(next.charts) || document.querySelector("[data-empty]") || !document.querySelector("img.grid[data-run]")) {
      // A first report or a new metric: its place on the page is new, too.
      document.querySelector("[data-empty]")?.remove();
      document.getElementById("charts").replaceChildren(...charts.childNodes);
      if (!document.querySelector("img.grid[data-run]")) {
        document.querySelector(".grids").replaceChildren(...fresh.querySelector(".grids").childNodes);
      }
      data = next;
      drawAll();
      setSteps();
    } else {
      update(next);
    }
  }

  function follow() {
    const connection = document.getElementById("connection");
    const events = new EventSource(`${location.pathname.replace(/\/$/, "")}/events`);
    let busy = false;
    let again = false;
    events.onopen = () => {
      clearTimeout(lost);
      lost = null;
      connection.textContent = "live";
    };
    let lost = null;
    events.onerror = () => (lost ??= setTimeout(() => (connection.textContent = "not connected"), 6000));
    events.onmessage = async () => {
      if (busy) return void (again = true);
      busy = true;
      do {
        again = false;
        await refresh().catch(() => {});
      } while (again);
      busy = false;
    };
    addEventListener("pagehide", () => events.close());
  }

  // ---- Begin -----------------------------------------------------------------------------------
  drawAll();
  setSteps();
  slider.addEventListener("input", () => {
    stop();
    show(Number(slider.value));
  });
  play.addEventListener("click", () => (timer ? stop() : start()));
  new ResizeObserver(() => {
    for (const { plot, box } of plots) {
      const width = Math.max(200, box.clientWidth);
      if (plot.width !== width) plot.setSize({ width, height: 240 });
    }
  }).observe(document.getElementById("charts"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  matchMedia("print").addEventListener("change", drawAll);
  if (document.body.hasAttribute("data-live")) follow();
})();
