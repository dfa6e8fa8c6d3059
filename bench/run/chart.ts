import { cpuPerRequest, type Results, type ScenarioResults } from './results.js';
import { micros } from './report.js';
import { median, quantile } from './statistics.js';

const WIDTH = 860;
const LABELS = 230;
const FIGURES = 90;
const BAR = 16;
const GAP = 6;
const TITLE = 34;

/** Processor time per request: a block of bars for each scenario, each with a scale of its own. */
export function toSvg({ scenarios, date }: Results): string {
  const blocks: string[] = [];
  let top = 40;
  for (const scenario of scenarios.filter(({ servers }) => servers.some(({ rounds }) => rounds.length > 0))) {
    blocks.push(block(scenario, top));
    top += TITLE + scenario.servers.length * (BAR + GAP) + GAP;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top}" viewBox="0 0 ${WIDTH} ${top}" font-family="sans-serif" font-size="12">
<title>Processor time per request</title>
<rect width="${WIDTH}" height="${top}" fill="#ffffff"/>
<text x="12" y="24" font-size="15" font-weight="bold" fill="#222222">Server CPU, microseconds per request (median; line: quartiles), ${date.slice(0, 10)}</text>
${blocks.join('\n')}
</svg>
`;
}

function block({ title, servers }: ScenarioResults, top: number): string {
  const all = servers.map((server) => ({ kind: server.kind, sorted: cpuPerRequest(server).sort((a, b) => a - b) }));
  const largest = Math.max(...all.map(({ sorted }) => quantile(sorted, 0.75)));
  const scale = (value: number): number => (value / largest) * (WIDTH - LABELS - FIGURES);
  const bars = all.map(({ kind, sorted }, index) => {
    const y = top + TITLE + index * (BAR + GAP);
    const middle = y + BAR / 2;
    const [from, to] = [LABELS + scale(quantile(sorted, 0.25)), LABELS + scale(quantile(sorted, 0.75))];
    return `<text x="${LABELS - 8}" y="${y + 12}" text-anchor="end" fill="#222222">${kind}</text>
<rect x="${LABELS}" y="${y}" width="${scale(median(sorted)).toFixed(1)}" height="${BAR}" fill="${colour(kind)}"/>
<line x1="${from.toFixed(1)}" x2="${to.toFixed(1)}" y1="${middle}" y2="${middle}" stroke="#222222"/>
<text x="${(Math.max(to, LABELS + scale(median(sorted))) + 6).toFixed(1)}" y="${y + 12}" fill="#222222">${micros(median(sorted))}</text>`;
  });
  return `<text x="12" y="${top + 22}" font-weight="bold" fill="#222222">${title}</text>\n${bars.join('\n')}`;
}

function colour(kind: string): string {
  if (kind.startsWith('larder')) return '#2f7d5b';
  return kind.startsWith('bare') ? '#9aa3ad' : '#c98a3b';
}
