// Charts: a figure with data-chart="line" or "bar" draws the table inside it. The first column is the axis,
// each further one a series: data-colour on its heading is a class of text, data-line a kind of line, data-label
// what stands at its end. Colours follow the theme; nothing moves for whoever wants it still.
(() => {
  "use strict";
  const $ = (selector, root) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const drawn = new Map(); // canvas: its chart

  // The colour that text of this class has here and now, in either theme.
  function colour(figure, name) {
    const probe = document.createElement("span");
    probe.className = name;
    figure.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  }

  const valueOf = (cell) => Number(cell.dataset.value ?? cell.textContent);
  function series(figure, kind, heading, index) {
    const values = $$("tbody tr", figure).map((row) => valueOf(row.cells[index]));
    const ink = colour(figure, heading.dataset.colour);
    const one = { type: kind, name: heading.textContent, data: values, color: ink, emphasis: { disabled: true } };
    if (kind === "bar") return { ...one, barGap: "0%", barCategoryGap: "20%" };
    return {
      ...one,
      lineStyle: { type: heading.dataset.line, width: heading.dataset.line === "solid" ? 2.5 : 1.5 },
      symbol: heading.dataset.line === "solid" ? "circle" : "none",
      symbolSize: 6,
      endLabel: { show: true, formatter: heading.dataset.label, color: ink, lineHeight: 16 },
      labelLayout: { moveOverlap: "shiftY" },
    };
  }

  function options(figure) {
    const kind = figure.dataset.chart;
    const text = colour(figure, "text-secondary");
    const rule = { lineStyle: { color: text, opacity: .2 } };
    const headings = $$("thead th", figure);
    const narrow = figure.clientWidth < 420;
    const isLine = kind === "line";
    return {
      animation: !still.matches,
      textStyle: { fontFamily: getComputedStyle(figure).fontFamily },
      grid: { left: 36, right: isLine && !narrow ? 150 : 8, top: isLine && !narrow ? 12 : 32, bottom: 24 },
      legend: { show: !isLine || narrow, top: 0, itemWidth: 16, textStyle: { color: text } },
      tooltip: {
        trigger: "axis", renderMode: "richText", backgroundColor: colour(figure, "chart-tip"), borderWidth: 0,
        textStyle: { color: colour(figure, "chart-tip-text"), fontSize: 12 },
      },
      xAxis: {
        type: "category", data: $$("tbody tr", figure).map((row) => row.cells[0].textContent), boundaryGap: !isLine,
        axisLabel: { color: text, fontSize: 11, hideOverlap: true }, axisLine: rule, axisTick: { show: false },
      },
      yAxis: { type: "value", axisLabel: { color: text, fontSize: 11 }, splitLine: rule },
      series: headings.slice(1).map((heading, i) => series(figure, kind, heading, i + 1))
        .map((one) => (isLine && narrow ? { ...one, endLabel: { show: false } } : one)),
    };
  }

  function draw(figure) {
    const canvas = $("[data-canvas]", figure);
    canvas.hidden = false;
    if (!drawn.has(canvas)) {
      drawn.set(canvas, echarts.init(canvas, null, { renderer: "canvas" }));
      sized.observe(canvas);
    }
    drawn.get(canvas).setOption(options(figure), true);
  }
  // Also what was swapped in; what was swapped out lets go of its memory.
  function drawAll() {
    for (const [canvas, chart] of drawn) {
      if (canvas.isConnected) continue;
      chart.dispose();
      drawn.delete(canvas);
    }
    $$("[data-chart]").forEach(draw);
  }
  const sized = new ResizeObserver((entries) => entries.forEach(({ target }) => {
    const chart = drawn.get(target);
    if (!chart || !target.isConnected || chart.getWidth() === target.clientWidth) return;
    chart.resize();
    draw(target.closest("[data-chart]"));
  }));

  drawAll();
  new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  new MutationObserver((changes) => {
    const charts = changes.some(({ addedNodes }) => [...addedNodes].some((node) => node.matches?.("[data-chart], :has([data-chart])")));
    if (charts) drawAll();
  }).observe(document.getElementById("main"), { childList: true, subtree: true });
})();
