import type { Dice } from "./dice.ts";
import type { Looks } from "./looks.ts";

const fabrics = ["#2f6f73", "#7a3b69", "#c7554e", "#345995", "#4f7a4a", "#54507a", "#8a8f98"];

/** What of the hair lies behind head and shoulders. */
export function hairBehind({ style, hair, rx, ry }: Looks): string {
  switch (style) {
    case "long":
      return `<path d="M${-rx - 26} -10 C${-rx - 40} ${-ry - 80} ${rx + 40} ${-ry - 80} ${rx + 26} -10 L${rx + 42} 250 Q0 300 ${-rx - 42} 250 Z" fill="${hair}"/>`;
    case "waves":
      return `<path d="M${-rx - 20} -20 C${-rx - 50} ${-ry - 80} ${rx + 50} ${-ry - 80} ${rx + 20} -20 Q${rx + 70} 40 ${rx + 34} 90 Q${rx + 76} 150 ${rx + 20} 200
Q0 160 ${-rx - 20} 200 Q${-rx - 76} 150 ${-rx - 34} 90 Q${-rx - 70} 40 ${-rx - 20} -20 Z" fill="${hair}"/>`;
    case "bob":
      return `<path d="M${-rx - 28} 0 C${-rx - 36} ${-ry - 76} ${rx + 36} ${-ry - 76} ${rx + 28} 0 L${rx + 34} 104 Q${rx} 124 ${rx - 20} 96 H${-rx + 20} Q${-rx} 124 ${-rx - 34} 104 Z" fill="${hair}"/>`;
    case "bun":
      return `<circle cx="0" cy="${-ry - 44}" r="50" fill="${hair}"/><ellipse cx="0" cy="-40" rx="${rx + 10}" ry="${ry - 10}" fill="${hair}"/>`;
    case "afro":
      return bumps(rx + 62, ry + 38, 62, 15, hair) + `<ellipse cx="0" cy="-34" rx="${rx + 62}" ry="${ry + 24}" fill="${hair}"/>`;
    case "curls":
      return bumps(rx + 8, ry - 4, 38, 13, hair);
    case "braids":
      return [-1, 1]
        .map((side) =>
          Array.from(
            { length: 6 },
            (_, i) => `<ellipse cx="${side * (rx + 14 + i * 3)}" cy="${30 + i * 38}" rx="21" ry="25" fill="${hair}"/>`,
          ).join(""),
        )
        .join("");
    case "scarf":
      return `<path d="M${-rx - 30} 0 C${-rx - 44} ${-ry - 84} ${rx + 44} ${-ry - 84} ${rx + 30} 0 Q${rx + 50} 140 ${rx + 70} 230 H${-rx - 70} Q${-rx - 50} 140 ${-rx - 30} 0 Z" fill="${fabricOf(rx, ry)}"/>`;
    case "bald":
    case "beanie":
    case "crop":
    case "quiff":
    case "sidePart":
      return "";
  }
}

/** What of it falls over the forehead, or covers it. */
export function hairInFront(looks: Looks, thrown: Dice): string {
  const { style, hair, rx, ry } = looks;
  const top = -ry - 6;
  const shine = `<path d="M${-rx * 0.5} ${top + 40} Q0 ${top + 14} ${rx * 0.5} ${top + 36}" fill="none" stroke="#fff" stroke-opacity=".16" stroke-width="10" stroke-linecap="round"/>`;
  switch (style) {
    case "bald":
      return `<ellipse cx="${rx * 0.3}" cy="${top + 40}" rx="26" ry="12" fill="#fff" opacity=".18" transform="rotate(18)"/>`;
    case "crop":
      return cap(looks, `C${rx * 0.5} -64 ${-rx * 0.5} -64 ${-rx - 3} -24`) + shine;
    case "sidePart":
      return (
        cap(looks, `C${rx * 0.9} -70 ${rx * 0.5} -78 ${rx * 0.3} -${ry - 18} C${-rx * 0.1} -64 ${-rx * 0.7} -52 ${-rx - 3} -14`) + shine
      );
    case "quiff":
      return `<path d="M${-rx - 4} -22 C${-rx - 12} ${top - 20} ${-rx * 0.4} ${top - 66} ${rx * 0.5} ${top - 40} C${rx + 22} ${top - 24} ${rx + 8} -60 ${rx + 4} -22 C${rx * 0.8} -72 ${rx * 0.1} -84 ${-rx * 0.5} -72 Q${-rx * 0.9} -62 ${-rx - 4} -22 Z" fill="${hair}"/>${shine}`;
    case "curls":
      return Array.from(
        { length: 8 },
        (_, i) =>
          `<circle cx="${-rx + 8 + i * ((rx * 2 - 16) / 7)}" cy="${-70 - 34 * Math.sin((Math.PI * (i + 0.5)) / 8)}" r="32" fill="${hair}"/>`,
      ).join("");
    case "afro":
      return `<path d="M${-rx - 2} -20 C${-rx} ${top - 34} ${rx} ${top - 34} ${rx + 2} -20 C${rx * 0.8} -86 ${-rx * 0.8} -86 ${-rx - 2} -20 Z" fill="${hair}"/>`;
    case "bob":
    case "braids":
      return cap(looks, `L${rx * 0.92} -52 Q0 -76 ${-rx * 0.92} -52 L${-rx - 3} -10`) + shine;
    case "long":
    case "waves":
      return (
        cap(
          looks,
          `C${rx * 0.9} -40 ${rx * 0.3} -60 ${rx * (0.1 + thrown.next() * 0.1)} ${-ry + 8} C${-rx * 0.1} -70 ${-rx * 0.8} -50 ${-rx - 3} 10`,
        ) + shine
      );
    case "bun":
      return cap(looks, `C${rx * 0.6} -88 ${-rx * 0.6} -88 ${-rx - 3} -20`) + shine;
    case "scarf":
      return `<path d="M${-rx - 6} 20 C${-rx - 20} ${top - 40} ${rx + 20} ${top - 40} ${rx + 6} 20 C${rx * 0.9} -96 ${-rx * 0.9} -96 ${-rx - 6} 20 Z" fill="${fabricOf(rx, ry)}"/>
<path d="M${-rx - 4} 40 Q${-rx * 0.6} ${ry + 26} 0 ${ry + 14} Q${rx * 0.6} ${ry + 26} ${rx + 4} 40 L${rx + 40} 190 H${-rx - 40} Z M${-rx + 4} 30 Q${-rx * 0.5} ${ry - 4} 0 ${ry - 4} Q${rx * 0.5} ${ry - 4} ${rx - 4} 30" fill="${fabricOf(rx, ry)}" fill-rule="evenodd"/>`;
    case "beanie": {
      const wool = thrown.pick(fabrics);
      return `<path d="M${-rx - 10} -40 C${-rx - 10} ${top - 66} ${rx + 10} ${top - 66} ${rx + 10} -40 Z" fill="${wool}"/>
<rect x="${-rx - 16}" y="-66" width="${rx * 2 + 32}" height="40" rx="16" fill="${wool}"/><rect x="${-rx - 16}" y="-66" width="${rx * 2 + 32}" height="40" rx="16" fill="#fff" opacity=".2"/>`;
    }
  }
}

/** Hair over the top of the head, down to a hairline that runs from the right ear to the left. */
function cap({ hair, rx, ry }: Looks, hairline: string): string {
  return `<path d="M${-rx - 3} -24 C${-rx - 12} ${-ry - 58} ${rx + 12} ${-ry - 58} ${rx + 3} -24 ${hairline} Z" fill="${hair}"/>`;
}

function bumps(rx: number, ry: number, radius: number, count: number, fill: string): string {
  return Array.from({ length: count }, (_, i) => {
    const angle = Math.PI + (Math.PI * (i * 1.3 - count * 0.15)) / (count - 1);
    return `<circle cx="${(Math.cos(angle) * rx).toFixed(1)}" cy="${(Math.sin(angle) * ry - 14).toFixed(1)}" r="${radius}" fill="${fill}"/>`;
  }).join("");
}

// The same scarf in front and behind, and in every picture of its wearer.
function fabricOf(rx: number, ry: number): string {
  return fabrics[(rx * 7 + ry) % fabrics.length] ?? "#2f6f73";
}
