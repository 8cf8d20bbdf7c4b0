import { removeShared } from "./shared.js";

/** What the test files of one run share is gone when it ends, and made anew when it runs again. */
export default function setup(project: { onTestsRerun(run: () => void): void }): () => void {
  project.onTestsRerun(removeShared);
  return removeShared;
}
