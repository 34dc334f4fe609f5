// Measures the viewer in Chromium: `node ui.mjs BASE-URL RUNS [EXPERIMENT-OF-A-MILLION]`. Prints a table; exit code 1 if the best of the
// runs misses a goal. Without an experiment the server is filled with the traces of `seed.mjs`.
import { million } from './million.mjs';
import { seed } from './seed.mjs';
import { small } from './small.mjs';

const [base, runs, experiment] = process.argv.slice(2);
const lines = experiment
  ? await million(base, experiment, Number(runs))
  : await small(base, await seed(base), Number(runs));

const number = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
let missed = 0;
console.log(`${''.padEnd(46)} ${'best'.padStart(8)} ${'median'.padStart(8)}  goal`);
for (const { what, unit, best, median, goal, isFloor } of lines) {
  const isMissed = goal !== undefined && (isFloor ? best < goal : best > goal);
  missed += Number(isMissed);
  const bound = goal === undefined ? '' : `${isFloor ? 'at least' : 'at most'} ${number(goal)} ${unit}`;
  console.log(`${what.padEnd(46)} ${number(best).padStart(8)} ${number(median).padStart(8)}  ${bound}${isMissed ? '  MISSED' : ''}`);
}
if (missed > 0) {
  console.log(`${missed} goals missed`);
  process.exitCode = 1;
}
