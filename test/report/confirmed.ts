import type { AssessedInfrastructure } from "../../src/model/assessment.js";
import type { ReportInput } from "../../src/report/port.js";
import { makeInput } from "./fixture.js";

/** A synthetic case whose whole infrastructure are these, all confirmed. */
export function withConfirmed(
  values: readonly (readonly [string, AssessedInfrastructure["kind"]])[],
): ReportInput {
  const input = makeInput({ organisations: 3, touched: 2, weeks: 4, findings: 4 });
  const { infrastructure } = input.assessment;
  const [model] = infrastructure;
  if (model === undefined) throw new Error("the fixture has no infrastructure");
  const items = values.map(
    ([value, kind]): AssessedInfrastructure => ({
      ...model,
      value,
      kind,
      basis: "confirmed",
    }),
  );
  infrastructure.splice(0, infrastructure.length, ...items);
  return input;
}
