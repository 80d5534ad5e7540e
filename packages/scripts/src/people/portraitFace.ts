import type { Dice } from "./dice.ts";
import type { Looks } from "./looks.ts";

/** Eyes, brows, nose, mouth and what grows or sits on a face; the mood changes from scene to scene. */
export function features(looks: Looks, thrown: Dice): string {
  return [
    cheeks(looks),
    beard(looks),
    eyes(looks, thrown),
    nose(looks),
    mouth(looks, thrown),
    lines(looks),
    glasses(looks),
    earrings(looks),
  ].join("\n");
}

function eyes({ eyes: iris, hair, style, brow, feminine }: Looks, thrown: Dice): string {
  const browColour = style === "bald" || style === "scarf" || style === "beanie" ? "#3a2c26" : hair;
  const look = thrown.int(-4, 4);
  const winking = thrown.chance(0.06);
  const laughing = thrown.chance(0.16);
  const one = (x: number, closed: boolean): string => {
    const side = Math.sign(x);
    const arch = `M${x - 24 * side} ${-40 - brow * 0.3} Q${x} ${-54 - brow} ${x + 24 * side} ${-38}`;
    const browLine = `<path d="${arch}" fill="none" stroke="${browColour}" stroke-width="${feminine ? 6 : 9}" stroke-linecap="round"/>`;
    if (closed)
      return `${browLine}<path d="M${x - 17} -6 Q${x} -24 ${x + 17} -6" fill="none" stroke="#2a1d18" stroke-width="6" stroke-linecap="round"/>`;
    const lash = feminine
      ? `<path d="M${x + 14 * side} -17 L${x + 25 * side} -24" stroke="#2a1d18" stroke-width="4" stroke-linecap="round"/>`
      : "";
    return `${browLine}<ellipse cx="${x}" cy="-10" rx="18" ry="13" fill="#fffaf4"/><circle cx="${x + look}" cy="-10" r="10.5" fill="${iris}"/>
<circle cx="${x + look}" cy="-10" r="5" fill="#120c0a"/><circle cx="${x + look + 4}" cy="-14" r="3" fill="#fff"/>
<path d="M${x - 19} -12 Q${x} -29 ${x + 19} -12" fill="none" stroke="#2a1d18" stroke-width="${feminine ? 5 : 4}" stroke-linecap="round"/>${lash}`;
  };
  return one(-42, laughing) + one(42, laughing || winking);
}

function nose({ nose: kind, shade }: Looks): string {
  const shapes = ["M4 -4 Q16 30 2 34 Q-8 36 -12 30", "M0 4 Q12 34 -8 33", "M6 -12 Q22 34 -2 36 Q-14 36 -16 28"];
  return `<path d="${shapes[kind] ?? shapes[0]}" fill="none" stroke="${shade}" stroke-width="6" stroke-linecap="round"/>`;
}

function mouth({ feminine, beard: grown }: Looks, thrown: Dice): string {
  const lip = feminine ? thrown.pick(["#b8433f", "#c55a5a", "#9c3b52", "#b5574a"]) : "#9c4a42";
  const line = `fill="none" stroke="${lip}" stroke-width="7" stroke-linecap="round"`;
  const y = grown === "full" ? 66 : 64;
  return thrown.weighted([
    [
      `<path d="M-34 ${y} Q0 ${y + 44} 34 ${y} Q0 ${y + 8} -34 ${y} Z" fill="#fff" stroke="${lip}" stroke-width="6" stroke-linejoin="round"/>`,
      5,
    ],
    [`<path d="M-30 ${y + 2} Q0 ${y + 28} 30 ${y + 2}" ${line}/>`, 5],
    [`<path d="M-26 ${y + 8} Q6 ${y + 26} 30 ${y}" ${line}/>`, 3],
    [`<path d="M-22 ${y + 10} Q0 ${y + 18} 22 ${y + 10}" ${line}/>`, 2],
    [`<path d="M-30 ${y} Q0 ${y + 58} 30 ${y} Z" fill="#6d2227"/><path d="M-24 ${y + 4} H24 L20 ${y + 13} H-20 Z" fill="#fff"/>`, 2],
  ]);
}

function cheeks({ blush, freckles, shade }: Looks): string {
  const dots = [
    [-62, 24],
    [-50, 32],
    [-40, 22],
    [-70, 36],
    [62, 24],
    [50, 32],
    [40, 22],
    [70, 36],
  ];
  const speckled = freckles ? dots.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3" fill="${shade}"/>`).join("") : "";
  return `<ellipse cx="-60" cy="34" rx="22" ry="14" fill="${blush}" opacity=".22"/><ellipse cx="60" cy="34" rx="22" ry="14" fill="${blush}" opacity=".22"/>${speckled}`;
}

function beard({ beard: kind, hair, style, rx, ry }: Looks): string {
  const colour = style === "scarf" || style === "beanie" ? "#3b2a20" : hair;
  const around = `M${-rx + 1} 0 C${-rx} ${ry * 0.72} ${-rx * 0.46} ${ry + 6} 0 ${ry + 6} C${rx * 0.46} ${ry + 6} ${rx} ${ry * 0.72} ${rx - 1} 0
C${rx * 0.86} 52 ${rx * 0.6} 46 0 46 C${-rx * 0.6} 46 ${-rx * 0.86} 52 ${-rx + 1} 0 Z`;
  if (kind === "full") return `<path d="${around}" fill="${colour}"/>`;
  if (kind === "stubble") return `<path d="${around}" fill="${colour}" opacity=".22"/>`;
  if (kind === "moustache") return `<path d="M-40 58 Q-20 36 0 44 Q20 36 40 58 Q20 56 0 54 Q-20 56 -40 58 Z" fill="${colour}"/>`;
  return "";
}

/** What laughing and years leave behind. */
function lines({ age, shade }: Looks): string {
  if (age < 48) return "";
  const line = `fill="none" stroke="${shade}" stroke-width="4" stroke-linecap="round"`;
  return `<path d="M-52 40 Q-58 58 -48 74 M52 40 Q58 58 48 74 M-72 -6 L-82 -12 M-72 2 L-83 4 M72 -6 L82 -12 M72 2 L83 4" ${line}/>`;
}

function glasses({ glasses: kind, rx }: Looks): string {
  if (kind === "none") return "";
  const frame = `fill="#fff" fill-opacity=".16" stroke="#23252b" stroke-width="6"`;
  const lens = (x: number) =>
    kind === "round"
      ? `<circle cx="${x}" cy="-8" r="32" ${frame}/>`
      : `<rect x="${x - 35}" y="-34" width="70" height="50" rx="12" ${frame}/>`;
  return `${lens(-42)}${lens(42)}<path d="M-10 -12 Q0 -20 10 -12 M-74 -12 L${-rx} -18 M74 -12 L${rx} -18" fill="none" stroke="#23252b" stroke-width="6"/>`;
}

function earrings({ earrings: worn, rx, style }: Looks): string {
  if (!worn || style === "scarf") return "";
  return `<circle cx="${-rx - 3}" cy="44" r="9" fill="#e8b647"/><circle cx="${rx + 3}" cy="44" r="9" fill="#e8b647"/>`;
}
