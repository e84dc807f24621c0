// The plots of the trials, drawn by uPlot from the data in the page; the same is in the table below.
"use strict";

(() => {
  const LIGHT = { ink: "#1b1b1b", line: "#c8c8c8", best: "#7a5c00", kept: "#1d6b2c",
                  dropped: "#a1283b", "not-judged": "#595959" };
  const plots = new Map();  // by the element that they are in
  let printing = false;

  function colour(name) {
    if (printing) return LIGHT[name];
    return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  }

  // Kept and dropped differ in shape, not in colour alone.
  const SHAPES = {
    is_best(c, x, y, r) {
      c.beginPath();
      for (let i = 0; i < 10; i++) {
        const size = i % 2 ? 0.8 * r : 1.9 * r, turn = (Math.PI * (i - 2.5)) / 5;
        c.lineTo(x + size * Math.cos(turn), y + size * Math.sin(turn));
      }
      c.closePath();
      c.fill();
    },
    kept(c, x, y, r) { c.beginPath(); c.arc(x, y, r, 0, 7); c.fill(); },
    dropped(c, x, y, r) {
      c.beginPath();
      c.moveTo(x - r, y - r); c.lineTo(x + r, y + r);
      c.moveTo(x - r, y + r); c.lineTo(x + r, y - r);
      c.stroke();
    },
    not_judged(c, x, y, r) { c.beginPath(); c.arc(x, y, r, 0, 7); c.stroke(); },
  };

  function marks(u, points) {
    const c = u.ctx, ratio = devicePixelRatio || 1;
    c.save();
    c.lineWidth = 2 * ratio;
    c.setLineDash([]);  // as the last line left it
    for (const { trial, x } of points) {
      c.fillStyle = c.strokeStyle = colour(trial.fate === "is_best" ? "best" :
                                           trial.fate.replace("_", "-"));
      const shape = SHAPES[trial.fate] || SHAPES.not_judged;
      shape(c, u.valToPos(x, "x", true), u.valToPos(trial.score, "y", true), 4 * ratio);
    }
    c.restore();
  }

  const short = (value) => Number(value.toPrecision(4)).toLocaleString("en");

  // What is drawn in a plot: points from left to right, and a line of steps.
  function content(name, data) {
    if (name === "time") {
      const points = data.trials.map((trial, at) => ({ trial, x: at }));
      return { points, steps: data.trials.map((trial) => trial.best), dash: [] };
    }
    const front = name === "cost" ? "cheapest" : "quickest";
    const points = data.trials.filter((trial) => trial[name] !== null)
      .map((trial) => ({ trial, x: trial[name] })).sort((a, b) => a.x - b.x);
    return { points, steps: points.map((p) => (p.trial[front] ? p.trial.score : null)), dash: [6, 4] };
  }

  function draw(box, data) {
    const name = box.dataset.plot, { points, steps, dash } = content(name, data);
    box.closest("figure").hidden = points.length < 2;
    if (points.length < 2) return;
    const xs = points.map((p) => p.x), time = name === "time";
    const log = !time && xs[0] > 0 && xs[xs.length - 1] > 10 * xs[0];
    const axis = { stroke: () => colour("ink"), grid: { stroke: () => colour("line"), width: 1 },
                   ticks: { stroke: () => colour("line"), width: 1 }, font: "12px system-ui, sans-serif" };
    const when = (at) => {
      const trial = data.trials[at];
      return trial ? `${trial.run}\n${trial.when.slice(5)}` : "";
    };
    const ticks = time
      ? { values: (u, at) => at.map((i) => (Number.isInteger(i) ? when(i) : "")), size: 46, space: 80,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500] }
      : { values: (u, at) => at.map((v) => (v === null ? "" : short(v))), space: 70 };
    const plot = new uPlot({
      width: box.clientWidth, height: box.clientHeight, legend: { show: false },
      cursor: { x: false, y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: {
        x: { time: false, distr: log ? 3 : 1, ...(time && { range: [-0.5, xs.length - 0.5] }),
             ...(!time && !log && { range: (u, low, high) => spread(low, high) }),
             ...(log && { range: (u, low, high) => uPlot.rangeLog(low, high, 10, false) }) },
        y: { dir: data.higher ? 1 : -1, range: (u, low, high) => spread(low, high) },  // better is up
      },
      axes: [{ ...axis, ...ticks }, { ...axis, size: 60, values: (u, at) => at.map(short) }],
      series: [{}, { paths: () => null, points: { show: false } },
               { stroke: () => colour("ink"), width: 1.5, dash, spanGaps: true,
                 paths: uPlot.paths.stepped({ align: 1 }), points: { show: false } }],
      hooks: { draw: [(u) => marks(u, points)] },
    }, [xs, points.map((p) => p.trial.score), steps], box);
    point(plot, box, points, data);
    plots.set(box, plot);
  }

  function spread(low, high) {
    const room = 0.08 * (high - low) || Math.abs(high) * 0.1 || 1;
    return [low - room, high + room];
  }

  // A point that is pointed at tells its run, and leads there.
  function point(plot, box, points, data) {
    const said = box.closest(".plots").querySelector(".pointed");
    const nearest = (event) => {
      const { left, top } = plot.over.getBoundingClientRect();
      let found = null, best = 20 ** 2;
      for (const one of points) {
        const x = plot.valToPos(one.x, "x") - (event.clientX - left);
        const y = plot.valToPos(one.trial.score, "y") - (event.clientY - top);
        if (x * x + y * y < best) [found, best] = [one.trial, x * x + y * y];
      }
      return found;
    };
    plot.over.addEventListener("mousemove", (event) => {
      const trial = nearest(event);
      box.classList.toggle("at", trial !== null);
      if (trial) {
        said.textContent = `${data.run} ${trial.run} · ${trial.entry} · ${short(trial.score)} · ` +
          `${data.fates[trial.fate] || trial.fate} · ${trial.when}`;
      }
    });
    plot.over.addEventListener("click", (event) => {
      const trial = nearest(event);
      const row = trial && box.closest(".plots").querySelector(`a[data-run="${Number(trial.run)}"]`);
      if (row) row.click();
    });
  }

  window.drawPlots = (part) => {
    for (const [box, plot] of plots) if (!box.isConnected) { plot.destroy(); plots.delete(box); }
    if (!window.uPlot) return;
    for (const section of part.querySelectorAll(".plots")) {
      const data = JSON.parse(section.querySelector(".plot-data").textContent);
      for (const one of section.querySelectorAll("[hidden]")) one.hidden = false;
      for (const box of section.querySelectorAll(".plot")) draw(box, data);
    }
  };

  const again = () => { for (const plot of plots.values()) plot.redraw(); };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  addEventListener("beforeprint", () => { printing = true; again(); });
  addEventListener("afterprint", () => { printing = false; again(); });
  addEventListener("resize", () => {
    for (const [box, plot] of plots) plot.setSize({ width: box.clientWidth, height: box.clientHeight });
  });
})();
