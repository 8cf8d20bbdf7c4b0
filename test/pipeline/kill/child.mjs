// One import, told by a JSON argument; says on standard output where it is, so that the test can kill it there.
const { program, caseFolder, input, limits } = JSON.parse(process.argv[2]);
const { openCase } = await import(`${program}/src/pipeline/case.js`);
const { ingest } = await import(`${program}/src/pipeline/ingest/ingest.js`);

const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const opened = await openCase({ folder: caseFolder });
say({ opened: true, orphansDropped: opened.orphansDropped });

const store = new Proxy(opened.store, {
  get(target, name) {
    const value = target[name];
    if (typeof value !== "function") return value;
    if (name === "ingestLines") {
      return (...args) => {
        say({ at: "insert" });
        return target.ingestLines(...args);
      };
    }
    if (name === "insert") {
      return (table, ...rest) => {
        if (table === "log_file_fact") say({ at: "summary" });
        return target.insert(table, ...rest);
      };
    }
    if (name !== "command") return value.bind(target);
    return (sql, ...rest) => {
      if (/INSERT INTO host_identity/.test(sql)) say({ at: "summary" });
      if (/merging_|REPLACE PARTITION/.test(sql)) say({ at: "merge" });
      else if (/'derived'/.test(sql)) say({ at: "derive" });
      return target.command(sql, ...rest);
    };
  },
});
const report = await ingest(
  { ...opened, store },
  {
    paths: [input],
    exclude: [],
    settings: { csvMappings: [] },
    sensorFor: () => undefined,
    isExcluded: () => false,
    progress: { report() {}, finish() {} },
    limits,
  },
);
await opened.close();
say({ done: true, rows: report.files.reduce((sum, file) => sum + file.rows, 0) });
