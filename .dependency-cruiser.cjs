// The boundaries of docs/architecture.md. test/architecture/boundaries.test.ts plants a violation of each rule and sees it reported.
const STAGES = "sources|store|intel|detect|correlate|assess|report";

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment: "A cycle has no place where one could begin to read. Types count too.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-unresolvable",
      comment: "An import that leads nowhere.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "kernel-imports-nothing-of-ours",
      comment: "Everything stands on the kernel.",
      severity: "error",
      from: { path: "^src/kernel/" },
      to: { path: "^(src|scenarios)/", pathNot: "^src/kernel/" },
    },
    {
      name: "model-imports-kernel-only",
      comment: "The model is what stages share; it knows none of them.",
      severity: "error",
      from: { path: "^src/model/" },
      to: { path: "^(src|scenarios)/", pathNot: "^src/(kernel|model)/" },
    },
    {
      name: "stage-imports-ports-only",
      comment:
        "A stage imports kernel, model, its own folder and the port.ts of other stages, never a sibling's inside.",
      severity: "error",
      from: { path: `^src/(${STAGES})/` },
      to: { path: `^src/(${STAGES})/`, pathNot: ["^src/$1/", "^src/[^/]+/port\\.ts$"] },
    },
    {
      name: "stage-is-not-wired-by-itself",
      comment: "Stages do not know who calls them.",
      severity: "error",
      from: { path: `^src/(${STAGES})/` },
      to: { path: "^(src/(pipeline|cli)|scenarios|test|bench)/" },
    },
    {
      name: "format-imports-no-format",
      comment:
        "A source format can be taken out without touching another; what they share stands in src/sources itself.",
      severity: "error",
      from: { path: "^src/sources/([^/]+)/" },
      to: { path: "^src/sources/[^/]+/", pathNot: "^src/sources/$1/" },
    },
    {
      name: "detector-imports-no-detector",
      comment:
        "A detector reads another's findings, never its code; what they share stands in src/detect/shared.",
      severity: "error",
      from: { path: "^src/detect/([^/]+)/" },
      to: { path: "^src/detect/[^/]+/", pathNot: "^src/detect/($1|shared)/" },
    },
    {
      name: "schedule-is-pure",
      comment: "Times and calendars go in, an analysis comes out; where they come from is not its business.",
      severity: "error",
      from: { path: "^src/schedule/" },
      to: { path: "^(src|scenarios|test|bench)/", pathNot: "^src/(kernel|model|schedule)/" },
    },
    {
      name: "schedule-through-its-index",
      comment: "Detectors, the pipeline and benchmarks see the analysis of working hours as a whole.",
      severity: "error",
      from: { path: "^(src|scenarios|bench)/", pathNot: "^src/schedule/" },
      to: { path: "^src/schedule/", pathNot: "^src/schedule/index\\.ts$" },
    },
    {
      name: "schedule-for-detectors-and-pipeline",
      comment: "Who else needs working hours reads them in findings and the assessment.",
      severity: "error",
      from: { path: "^(src|scenarios)/", pathNot: "^src/(schedule|detect|pipeline)/" },
      to: { path: "^src/schedule/" },
    },
    {
      name: "plant-shares-nothing",
      comment: "What is planted to measure detectors shares no constant, profile or weight with them.",
      severity: "error",
      from: { path: "^src/plant/" },
      to: { path: "^(src|scenarios|test|bench)/", pathNot: "^src/(kernel|plant)/" },
    },
    {
      name: "plant-through-its-index",
      comment: "The pipeline sees the shapes and how they are planted as a whole.",
      severity: "error",
      from: { path: "^(src|scenarios|bench)/", pathNot: "^src/plant/" },
      to: { path: "^src/plant/", pathNot: "^src/plant/index\\.ts$" },
    },
    {
      name: "plant-for-the-pipeline",
      comment: "No detector may learn from what is planted.",
      severity: "error",
      from: { path: "^(src|scenarios|bench)/", pathNot: "^src/(plant|pipeline)/" },
      to: { path: "^src/plant/" },
    },
    {
      name: "adapters-are-chosen-in-compose",
      comment: "Which engine runs is decided in one place.",
      severity: "error",
      from: { path: "^(src|scenarios)/", pathNot: "^src/(pipeline/compose\\.ts$|store/(chdb|clickhouse)/)" },
      to: { path: "^src/store/(chdb|clickhouse)/" },
    },
    {
      name: "adapter-imports-no-adapter",
      comment: "What both engines need stands in src/store itself.",
      severity: "error",
      from: { path: "^src/store/(chdb|clickhouse)/" },
      to: { path: "^src/store/(chdb|clickhouse)/", pathNot: "^src/store/$1/" },
    },
    {
      name: "engine-library-in-its-adapter",
      comment: "chdb and @clickhouse/client are seen by their adapters alone.",
      severity: "error",
      from: { path: "^(src|scenarios)/", pathNot: "^src/store/(chdb|clickhouse)/" },
      to: { path: "node_modules/(chdb|@clickhouse)/" },
    },
    {
      name: "cli-imports-pipeline-only",
      comment: "Commands parse, call the pipeline and print.",
      severity: "error",
      from: { path: "^src/cli/" },
      to: { path: "^(src|scenarios)/", pathNot: "^src/(cli|pipeline|kernel|model)/" },
    },
    {
      name: "pipeline-knows-no-cli",
      comment: "Nothing flows back.",
      severity: "error",
      from: { path: "^src/pipeline/" },
      to: { path: "^(src/cli|test|bench)/" },
    },
    {
      name: "scenarios-share-nothing",
      comment: "The generator shares no constant, profile or weight with what it tests.",
      severity: "error",
      from: { path: "^scenarios/" },
      to: { path: "^(src|test|bench)/" },
    },
    {
      name: "scenarios-from-pipeline-only",
      comment: "No detector may learn from the generator.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/pipeline/" },
      to: { path: "^scenarios/" },
    },
    {
      name: "product-needs-no-dev-dependency",
      comment:
        "An installation has the dependencies only. (*-from-source.mjs run uncompiled code, in a checkout.)",
      severity: "error",
      from: { path: "^(src|scenarios)/", pathNot: "-from-source\\.mjs$" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg"], dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^dist/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
