"use strict";
// Draws charts from the data beside them and makes list pages searchable and sortable. Text goes in as text only.
(function () {
  const ROWS = 100;

  function drawn() {
    if (!window.Plotly) return;
    const small = { responsive: true, displaylogo: false, displayModeBar: false };
    for (const chart of document.querySelectorAll("figure.chart")) {
      const figure = JSON.parse(chart.querySelector("script").textContent);
      window.Plotly.newPlot(chart.querySelector(".plot"), figure.data, figure.layout, small);
    }
    const fit = () => {
      for (const plot of document.querySelectorAll(".plot")) window.Plotly.Plots.resize(plot);
    };
    window.addEventListener("beforeprint", fit);
    window.addEventListener("hashchange", fit);
  }

  function here() {
    const page = location.pathname;
    for (const link of document.querySelectorAll(".top nav a")) {
      if (link.pathname === page) link.setAttribute("aria-current", "page");
    }
    const tongue = document.querySelector(".tongue");
    const keep = () => { if (tongue) tongue.hash = location.hash; };
    window.addEventListener("hashchange", keep);
    keep();
  }

  function text(cell) {
    return typeof cell === "string" ? cell : cell[0];
  }

  function measure(value) {
    const plain = value.replace(/,/g, "");
    return plain === "" ? null : parseFloat(plain);
  }

  function listPage(island) {
    const told = JSON.parse(island.textContent);
    const up = island.dataset.up;
    const box = document.getElementById("list");
    const body = box.querySelector("tbody");
    const heads = Array.from(box.querySelectorAll("th"));
    const tools = document.querySelector(".tools");
    const input = tools.querySelector("input");
    const found = tools.querySelector(".found");
    const [before, after] = [tools.querySelector(".before"), tools.querySelector(".after")];
    let rows = null;
    let shown = [];
    let start = 0;
    let sorted = null;
    const waiting = [];

    function load(then) {
      if (rows) return then();
      if (!told.parts.length) return loaded(Array.from(body.rows, (row) => Array.from(row.cells, given)), [then]);
      waiting.push(then);
      if (waiting.length > 1) return;
      const parts = [];
      window.jicha = { rows: (part) => parts.push(part) };
      const next = (at) => {
        if (at === told.parts.length) return loaded([].concat(...parts), waiting);
        const script = document.createElement("script");
        script.src = up + "data/" + encodeURIComponent(told.parts[at]);
        script.onload = () => next(at + 1);
        document.head.append(script);
      };
      next(0);
    }

    function loaded(all, wanted) {
      rows = all;
      shown = rows;
      for (const then of wanted) then();
    }

    function given(td) {
      const link = td.querySelector("a");
      if (!link && !td.title) return td.textContent;
      return [td.textContent, link ? link.getAttribute("href").slice(up.length) : "", td.title];
    }

    function cell(value, kind) {
      const td = document.createElement("td");
      td.className = kind;
      if (typeof value === "string") {
        td.textContent = value;
        return td;
      }
      if (value[2]) td.title = value[2];
      if (value[1]) {
        const link = document.createElement("a");
        link.href = up + value[1];
        link.textContent = value[0];
        td.append(link);
      } else {
        td.textContent = value[0];
      }
      return td;
    }

    function say() {
      const last = Math.min(start + ROWS, shown.length);
      const count = [shown.length, shown.length ? start + 1 : 0, last];
      found.textContent = found.dataset.words.replace(/\{(\d)\}/g, (_, at) => count[at].toLocaleString("en"));
      before.disabled = start === 0;
      after.disabled = last >= shown.length;
    }

    function show() {
      body.replaceChildren(...shown.slice(start, start + ROWS).map((row) => {
        const tr = document.createElement("tr");
        tr.append(...row.map((value, at) => cell(value, heads[at].className)));
        return tr;
      }));
      say();
    }

    function choose() {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      shown = words.length
        ? rows.filter((row) => {
          const all = row.map((one) => (typeof one === "string" ? one : one[0] + " " + one[2])).join("\u0001").toLowerCase();
          return words.every((word) => all.includes(word));
        })
        : rows.slice();
      if (sorted) {
        const { at, down, number } = sorted;
        const key = (row) => (number ? measure(text(row[at])) : text(row[at]) || null);
        const order = (one, two) => (number ? one - two : one.localeCompare(two, document.documentElement.lang));
        shown = shown.map((row) => [key(row), row]).sort((one, two) => {
          if (one[0] === null || two[0] === null) return (one[0] === null) - (two[0] === null);
          return down ? order(two[0], one[0]) : order(one[0], two[0]);
        }).map((pair) => pair[1]);
      }
      start = 0;
      show();
    }

    heads.forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => load(() => {
        const number = head.className === "number";
        const down = sorted && sorted.at === at ? !sorted.down : number;
        heads.forEach((one) => one.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        sorted = { at, down, number };
        choose();
      }));
    });
    input.addEventListener("input", () => load(choose));
    const turn = (step) => load(() => {
      start = Math.max(0, Math.min(start + step, shown.length - 1));
      show();
      box.scrollTop = 0;
      box.scrollIntoView({ block: "nearest" });
    });
    before.addEventListener("click", () => turn(-ROWS));
    after.addEventListener("click", () => turn(ROWS));
    shown = { length: told.rows };
    say();
    tools.hidden = told.rows < 2;
  }

  document.addEventListener("DOMContentLoaded", () => {
    here();
    drawn();
    const island = document.getElementById("list-data");
    if (island) listPage(island);
  });
})();
