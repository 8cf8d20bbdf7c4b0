/** Every threshold and prior of the schedule engine, with unit and meaning. docs/schedule.md lists them and says where they come from. */
export interface ScheduleParameters {
  /** Units: interactive half-hours (after folding and design effect) below which nothing is said about people. */
  minUnits: number;
  /** Days with interactive activity below which nothing is said about people. */
  minDays: number;
  /** Probability that a hypothesis must reach before it is asserted. */
  assertAt: number;
  /** Share of the posterior that the credible interval of the offset holds. */
  credible: number;
  /**
   * Units beyond which more events say no more about the offset: how well the real day of a group of people is described by the family of
   * day shapes (concentration of a Dirichlet around it). Without it 10,000 events would be "certain" of an hour that depends on when they like to begin.
   */
  shapeConcentration: number;
  /** Minutes: how far people's own habits move with the seasons where clocks do not (standard deviation for one change of clocks). */
  seasonalDriftMinutes: number;
}

export const SCHEDULE_DEFAULTS: ScheduleParameters = {
  minUnits: 40,
  minDays: 10,
  assertAt: 0.95,
  credible: 0.95,
  shapeConcentration: 60,
  seasonalDriftMinutes: 40,
};
