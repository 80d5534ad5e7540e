import type { Dice } from "./dice.ts";
import type { Looks } from "./looks.ts";

// Sky or wall, then what stands before it, from far to near. Nothing has the colour of skin.
const palettes = [
  ["#bfe3e0", "#6fb3b8", "#2c6e7f", "#f2f7e9"],
  ["#243b55", "#3f6184", "#7fa3c0", "#f4e7a1"],
  ["#e9f0d8", "#9dbf7e", "#4f7f52", "#2e4f3a"],
  ["#d9d3ee", "#9d8ec7", "#5b4b8a", "#f3eefc"],
  ["#1f2a38", "#31495e", "#d95f76", "#f2b8c6"],
  ["#cfe8fb", "#7cb7e8", "#3873b3", "#ffffff"],
  ["#f6e27f", "#a7c957", "#386641", "#f2f4e4"],
  ["#10403b", "#2a7a6d", "#8fd0b8", "#e7f6ef"],
  ["#f4d9e6", "#c774a0", "#7d3c6b", "#fff5fa"],
  ["#e7ecef", "#a3b5c7", "#5b7088", "#274060"],
  ["#2d1e44", "#57407c", "#a884d6", "#f7d46b"],
  ["#d6efc7", "#54b399", "#1d6f78", "#fbf8d0"],
] as const;
type Palette = (typeof palettes)[number];

/** What lies behind: a wall, a town, hills, the sea, leaves, lights. */
export function background(thrown: Dice): string {
  const palette = thrown.pick(palettes);
  const draw = thrown.pick([hills, town, sea, leaves, lights, stripes, arches, window, tiles, rays]);
  return `<rect width="600" height="800" fill="${palette[0]}"/>${draw(palette, thrown)}`;
}

const circle = (x: number, y: number, r: number, fill: string, opacity = 1) =>
  `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}" opacity="${opacity}"/>`;
const rect = (x: number, y: number, w: number, h: number, fill: string, rx = 0) =>
  `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${rx}" fill="${fill}"/>`;
const times = (count: number, draw: (i: number) => string) => Array.from({ length: count }, (_, i) => draw(i)).join("");

function hills([, far, near, sun]: Palette, thrown: Dice): string {
  const y = thrown.int(300, 560);
  const ridge = (at: number, fill: string) =>
    `<path d="M0 ${at} Q${thrown.int(60, 200)} ${at - thrown.int(60, 200)} 300 ${at + thrown.int(-40, 40)} T600 ${at - thrown.int(-30, 120)} V800 H0 Z" fill="${fill}"/>`;
  return circle(thrown.int(60, 540), thrown.int(70, 260), thrown.int(45, 110), sun) + ridge(y, far) + ridge(y + thrown.int(90, 170), near);
}

function town([, far, near, lit]: Palette, thrown: Dice): string {
  const row = (fill: string, low: number, high: number) => {
    let x = -20;
    let drawn = "";
    while (x < 600) {
      const [w, h] = [thrown.int(60, 130), thrown.int(low, high)];
      drawn += rect(x, 800 - h, w, h, fill);
      for (let at = 0; at < 3; at++) drawn += rect(x + 12 + at * 22, 820 - h + thrown.int(0, 5) * 24, 11, 15, lit);
      x += w;
    }
    return drawn;
  };
  return circle(thrown.int(40, 560), thrown.int(60, 200), thrown.int(30, 70), lit) + row(far, 330, 620) + row(near, 160, 400);
}

function sea([, far, near, light]: Palette, thrown: Dice): string {
  const y = thrown.int(260, 480);
  const waves = times(
    7,
    (i) =>
      `<path d="M${thrown.int(-60, 420)} ${y + 30 + i * 46} q30 -14 60 0 t60 0 t60 0" fill="none" stroke="${light}" stroke-width="5" opacity=".6"/>`,
  );
  const x = thrown.int(70, 470);
  const boat = `<path d="M${x} ${y - 8} h90 l-18 30 h-54 Z" fill="${near}"/><path d="M${x + 42} ${y - 14} v-110 l56 96 Z" fill="${light}"/>`;
  return (
    circle(thrown.int(60, 540), thrown.int(70, y - 60), thrown.int(36, 90), light, 0.9) +
    rect(0, y, 600, 800 - y, far) +
    rect(0, y + 180, 600, 800, near) +
    waves +
    boat
  );
}

function leaves([, far, near, light]: Palette, thrown: Dice): string {
  return times(17, (i) => {
    const [x, y, turn, length] = [thrown.int(0, 600), thrown.int(0, 800), thrown.int(0, 359), thrown.int(90, 230)];
    const fill = [far, near, light][i % 3] ?? far;
    return `<path transform="translate(${x} ${y}) rotate(${turn})" d="M0 0 Q${length * 0.4} ${-length * 0.35} ${length} 0 Q${length * 0.4} ${length * 0.35} 0 0 Z" fill="${fill}"/>`;
  });
}

function lights([, far, near, light]: Palette, thrown: Dice): string {
  return times(26, (i) =>
    circle(thrown.int(0, 600), thrown.int(0, 800), thrown.int(18, 85), [far, near, light, far][i % 4] ?? far, 0.25 + thrown.next() * 0.5),
  );
}

function stripes([, far, near, light]: Palette, thrown: Dice): string {
  const [turn, width] = [thrown.pick([0, 18, 45, 90, 135, 160]), thrown.int(46, 120)];
  const bars = times(Math.ceil(1400 / width), (i) =>
    rect(-700 + i * width, -700, width, 1400, [far, "none", near, "none", light][i % 5] ?? far),
  );
  return `<g transform="translate(300 400) rotate(${turn})">${bars}</g>`;
}

function arches([, far, near, light]: Palette, thrown: Dice): string {
  const x = thrown.int(120, 480);
  return [
    [330, far],
    [240, near],
    [150, light],
    [70, far],
  ]
    .map(([r, fill]) => `<path d="M${x - Number(r)} 800 V${760 - Number(r)} a${r} ${r} 0 0 1 ${Number(r) * 2} 0 V800 Z" fill="${fill}"/>`)
    .join("");
}

function window([, far, near, light]: Palette, thrown: Dice): string {
  const [x, y, w, h] = [thrown.int(20, 260), thrown.int(20, 140), thrown.int(230, 330), thrown.int(330, 470)];
  const plant = times(
    6,
    (i) =>
      `<ellipse transform="translate(${x < 150 ? 520 : 80} 690) rotate(${-70 + i * 28})" cx="0" cy="-90" rx="22" ry="90" fill="${near}"/>`,
  );
  return (
    rect(x - 18, y - 18, w + 36, h + 36, near) +
    rect(x, y, w, h, light) +
    rect(x, y + h * 0.6, w, h * 0.4, far) +
    rect(x + w / 2 - 6, y, 12, h, near) +
    rect(x, y + h / 2 - 6, w, 12, near) +
    plant
  );
}

function tiles([, far, near, light]: Palette, thrown: Dice): string {
  const side = thrown.pick([100, 120, 150, 200]);
  return times(Math.ceil(600 / side) * Math.ceil(800 / side), (i) => {
    const [x, y] = [(i % Math.ceil(600 / side)) * side, Math.floor(i / Math.ceil(600 / side)) * side];
    const fill = thrown.pick([far, near, light]);
    return thrown.pick([
      `<path d="M${x} ${y} h${side} a${side} ${side} 0 0 1 ${-side} ${side} Z" fill="${fill}"/>`,
      `<path d="M${x + side} ${y + side} h${-side} a${side} ${side} 0 0 1 ${side} ${-side} Z" fill="${fill}"/>`,
      circle(x + side / 2, y + side / 2, side / 2.4, fill),
      rect(x, y, side, side, fill),
      "",
    ]);
  });
}

function rays([, far, near, light]: Palette, thrown: Dice): string {
  const [x, y] = [thrown.int(0, 600), thrown.int(0, 700)];
  const step = thrown.pick([18, 24, 30]);
  const wedges = times(360 / step, (i) =>
    i % 2
      ? ""
      : `<path d="M0 0 L1200 0 L${1200 * Math.cos((step * Math.PI) / 180)} ${1200 * Math.sin((step * Math.PI) / 180)} Z" transform="rotate(${i * step})" fill="${i % 4 ? near : far}"/>`,
  );
  return `<g transform="translate(${x} ${y})">${wedges}</g>${circle(x, y, thrown.int(50, 120), light)}`;
}

const cloths = ["#c8443f", "#2f5d8a", "#e3b23c", "#f3efe6", "#2e3440", "#3f7d58", "#8c4a86", "#5aa6b5", "#1f1f28", "#6e7f3e", "#dcdde5"];

/** Shoulders, and what is worn on them today. */
export function clothes(thrown: Dice, { shade, rx }: Looks): string {
  const cloth = thrown.pick(cloths);
  const second = thrown.pick(cloths.filter((other) => other !== cloth));
  const wide = rx + 100;
  const body = `M${-wide - 40} 520 Q${-wide - 20} 210 ${-wide + 50} 186 Q-70 160 -48 140 Q0 ${thrown.int(176, 214)} 48 140 Q70 160 ${wide - 50} 186 Q${wide + 20} 210 ${wide + 40} 520 Z`;
  const id = `cut${thrown.int(0, 9999)}`;
  const pattern = thrown.weighted([
    ["", 6],
    [times(7, (i) => rect(-300, 190 + i * 52, 600, 24, second)), 3],
    [times(24, (i) => circle(-220 + (i % 6) * 88, 200 + Math.floor(i / 6) * 66 + (i % 2) * 30, 11, second)), 2],
    [
      `<path d="M0 150 L-90 520 H90 Z" fill="${second}"/><path d="M-48 138 L-104 250 L-30 330 L0 200 Z M48 138 L104 250 L30 330 L0 200 Z" fill="${cloth}" stroke="#0003" stroke-width="4"/>`,
      3,
    ],
    [`<path d="M-60 136 Q0 236 60 136 L74 166 Q0 290 -74 166 Z" fill="${second}"/>`, 3],
  ]);
  const collar = thrown.weighted([
    ["", 5],
    [`<path d="M-56 104 Q0 130 56 104 V168 Q0 206 -56 168 Z" fill="${cloth}"/>`, 2],
    [`<path d="M-50 134 L-84 196 L-6 190 Z M50 134 L84 196 L6 190 Z" fill="#f7f5ef" stroke="#0002" stroke-width="3"/>`, 3],
  ]);
  return `<clipPath id="${id}"><path d="${body}"/></clipPath><path d="M-46 60 V170 Q0 230 46 170 V60 Z" fill="${shade}"/><path d="${body}" fill="${cloth}"/><g clip-path="url(#${id})">${pattern}</g><g>${collar}</g>`;
}
