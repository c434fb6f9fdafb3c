// The ridge of pines under the greeting, drawn from fixed seeds so that every build gives the same picture.
// A shop may show its own picture instead, or none.

const width = 420;
const height = 104;
const step = 8;

/** Lehmer's generator: small, and the same everywhere. */
function seeded(seed) {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

function hills(random, base, swing) {
  const waves = [190, 95, 41, 19].map((length) => ({ length, phase: random() * 2 * Math.PI, share: length / 190 }));
  const swell = (x) => waves.reduce((sum, wave) => sum + wave.share * Math.sin((2 * Math.PI * x) / wave.length + wave.phase), 0);
  return (x) => base - swing * swell(x);
}

/** Four tiers on a trunk; the foot sinks 13% below the line, or gaps show. */
function tree(x, foot, tall) {
  const top = foot + 0.13 * tall - tall;
  const tiers = [0, 1, 2, 3].map((tier) => {
    const reach = tall * (0.09 + 0.05 * tier);
    return `M${x} ${top + tier * tall * 0.17}l${reach} ${tall * 0.3}h${-2 * reach}z`;
  });
  return `${tiers.join("")}M${x - 0.02 * tall} ${top + 0.75 * tall}h${0.04 * tall}v${0.25 * tall}h${-0.04 * tall}z`;
}

function layer({ seed, base, swing, tall, fill }) {
  const random = seeded(seed);
  const line = hills(random, base, swing);
  let path = `M0 ${height}`;
  for (let x = 0; x <= width + step; x += step) path += `L${x} ${line(x) + random() * 4}`;
  path += `V${height}z`;
  for (let x = 2; tall && x < width; x += tall * (0.2 + random() * 0.35)) path += tree(x, line(x), tall * (0.6 + random() * 0.7));
  return `<path fill="${fill}" d="${path.replace(/-?\d+\.\d+/g, (number) => String(Math.round(Number(number) * 10) / 10))}"/>`;
}

export function ridge() {
  const layers = [
    { seed: 71, base: 48, swing: 14, tall: 0, fill: "#0c4a44" },
    { seed: 29, base: 66, swing: 10, tall: 15, fill: "#0f5750" },
    { seed: 113, base: 86, swing: 8, tall: 30, fill: "#14665e" },
  ];
  const start = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" preserveAspectRatio="xMidYMax slice">`;
  return `${start}${layers.map(layer).join("")}</svg>\n`;
}
