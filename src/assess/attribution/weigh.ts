import type { EvidenceStrength, HypothesisKind } from "../../model/attribution.js";
import type { ClusterProfile, Credence, RivalClusters } from "../../model/cluster-profile.js";
import type { Explanation } from "../../model/finding.js";
import { ArtefactIndex, type Match } from "./artefacts.js";
import { ADMINISTRATION, CRIMINAL } from "./generic.js";
import { believed, discount, TEMPER } from "./likelihood.js";
import { type Observations, observe } from "./observe.js";
import { parentOf, type Repertoire, TechniqueModel } from "./techniques.js";

export interface Hypothesis {
  id: string;
  title: string;
  kind: HypothesisKind;
  prior: number;
  repertoire: Repertoire | undefined;
  profile: ClusterProfile | undefined;
}

/** One piece of evidence, and what it says of each hypothesis. */
export interface Row {
  key: string;
  strength: EvidenceStrength;
  what: Explanation;
  findings: readonly string[];
  software?: Match["software"];
  independence: number;
  /** Natural logarithms of likelihood ratios against an unknown cluster, in the order of the hypotheses. */
  logRatios: readonly number[];
  /** The statements that it is held against, by hypothesis. */
  said: ReadonlyMap<string, Credence>;
  /** It can open the gate: specific, and shown by a finding that is strong by itself. */
  isGate: boolean;
}

/** What is known of an intrusion beside its findings. */
export interface Setting {
  /** Sectors and countries of the organisations concerned. */
  sectors: readonly { value: string; orgs: readonly string[] }[];
  countries: readonly string[];
  /** Countries whose holidays the operators were found to keep, or not to keep. */
  calendars: readonly { country: string; fits: boolean; subject: string }[];
  /** Techniques that a detector which ran looks for, so that their absence can be seen. */
  testable: ReadonlySet<string>;
}

/**
 * Before any evidence: most intrusions are by nobody of whom there is an entry. Judgements; the posterior is read with them in mind
 * (docs/attribution.md).
 */
const PRIORS = { clusters: 0.3, unknown: 0.3, criminal: 0.2, administration: 0.2 };

/** How likely a detector that looks for a technique shows it in an intrusion by a group that is known for it. */
const SHOWN = 0.15;
/** Only what few groups do is missed where it is absent; and all that is absent together says no more than this. */
const CHARACTERISTIC = 0.15;
const MOST_OF_ABSENCE = 0.5;
/** Sectors, countries, calendars: never more than this each and together, and nothing at all for the gate. */
const MOST_OF_SUPPORT = 1.5;
const LEAST_OF_SUPPORT = 1 / 1.2;
const MOST_OF_ALL_SUPPORT = Math.log(3);
/** A trace that is specific to somebody, under hypotheses of quite another kind. */
const ELSEWHERE = 0.05;

/** Weighs findings against all hypotheses; made once for all incidents of a case. */
export class Scales {
  readonly hypotheses: readonly Hypothesis[];
  readonly #techniques: TechniqueModel;
  readonly #artefacts: ArtefactIndex;

  constructor(rivals: RivalClusters) {
    this.#techniques = new TechniqueModel(rivals);
    this.#artefacts = new ArtefactIndex(rivals);
    const { clusters } = rivals;
    const other = (
      kind: Exclude<HypothesisKind, "cluster">,
      title: string,
      ids?: readonly string[],
    ): Hypothesis => ({
      id: kind,
      title,
      kind,
      prior: PRIORS[kind],
      repertoire: ids === undefined ? undefined : this.#techniques.repertoire(ids),
      profile: undefined,
    });
    this.hypotheses = [
      ...clusters.map(
        (profile): Hypothesis => ({
          id: profile.id,
          title: profile.title,
          kind: "cluster",
          prior: PRIORS.clusters / clusters.length,
          repertoire: profile.techniques,
          profile,
        }),
      ),
      other("unknown", "an unknown cluster"),
      other("criminal", "criminals", CRIMINAL),
      other("administration", "legitimate administration or a test", ADMINISTRATION),
    ];
  }

  observe(findings: Parameters<typeof observe>[0]): Observations {
    return observe(findings, (id) => this.#techniques.current(id));
  }

  weigh(seen: Observations, setting: Setting): Row[] {
    const absent = this.#absent(seen, setting);
    return [
      ...this.#artefactRows(this.#artefacts.match(seen)),
      ...this.#techniqueRows(seen),
      ...this.#supportRows(setting),
      ...absent,
    ];
  }

  #techniqueRows({ techniques }: Observations): Row[] {
    return [...techniques].map(([id, { findings, credence, independence }]) => ({
      key: `technique|${id}`,
      strength: "common",
      what: {
        key: "attribution.technique",
        args: [
          { type: "text", value: id },
          { type: "percent", value: this.#techniques.users(id) },
        ],
      },
      findings,
      independence,
      logRatios: this.hypotheses.map(({ repertoire }) =>
        repertoire === undefined
          ? 0
          : this.#techniques.logRatio(id, repertoire, TEMPER * independence * credence),
      ),
      said: this.#said(({ techniques: own }) => own.get(id) ?? own.get(parentOf(id))),
      isGate: false,
    }));
  }

  /** Traces of one report are not independent of each other: the first counts in full, the others less and less. */
  #artefactRows(matches: readonly Match[]): Row[] {
    const counted = new Map<string, number>();
    return [...matches]
      .sort((a, b) => potency(b) - potency(a) || (`${a.kind}|${a.value}` < `${b.kind}|${b.value}` ? -1 : 1))
      .map((match): Row => {
        const { kind, value, strength, seen, holders, ratio, software } = match;
        const origin = holders[0]?.credence.source ?? "";
        const position = counted.get(origin) ?? 0;
        counted.set(origin, position + 1);
        const independence = discount(position);
        const said = new Map(holders.map(({ cluster, credence }) => [cluster, credence]));
        const most = Math.max(0, ...holders.map(({ credence }) => credence.weight));
        return {
          key: `${kind}|${value}`,
          strength,
          what: {
            key: `attribution.artefact.${kind === "named" ? kind : "trace"}`,
            args: [
              kind === "domain" || kind === "domain-wildcard"
                ? { type: "domain", value }
                : kind === "address"
                  ? { type: "address", value }
                  : { type: "text", value },
              { type: "text", value: kind },
              { type: "number", value: holders.length },
            ],
          },
          findings: seen.findings,
          ...(software !== undefined && { software }),
          independence,
          logRatios: this.hypotheses.map((hypothesis) => {
            const credence = said.get(hypothesis.id);
            if (credence !== undefined)
              return independence * Math.log(believed(ratio, credence.weight * seen.credence));
            const isElse = hypothesis.kind === "criminal" || hypothesis.kind === "administration";
            return strength === "specific" && isElse
              ? independence * Math.log(believed(ELSEWHERE, most * seen.credence))
              : 0;
          }),
          said,
          isGate: strength === "specific" && seen.isStrong,
        };
      });
  }

  #supportRows({ sectors, countries, calendars }: Setting): Row[] {
    const rows: Row[] = [];
    for (const { value, orgs } of sectors)
      rows.push(
        this.#support(`sector|${value}`, ({ sectors: own }) => own, value, {
          key: "attribution.sector",
          args: [
            { type: "text", value },
            { type: "organisation", value: [...orgs], ...(orgs.length === 1 && { org: orgs[0] as string }) },
          ],
        }),
      );
    for (const value of countries)
      rows.push(
        this.#support(`country|${value}`, ({ countries: own }) => own, value, {
          key: "attribution.country",
          args: [{ type: "text", value }],
        }),
      );
    for (const { country, fits, subject } of calendars)
      rows.push(
        this.#support(
          `calendar|${country}|${fits ? "fits" : "excluded"}`,
          ({ calendars: own }) => own,
          country,
          {
            key: fits ? "attribution.calendar.fits" : "attribution.calendar.excluded",
            args: [
              { type: "text", value: country },
              { type: "text", value: subject },
            ],
          },
          fits,
        ),
      );
    return limited(rows, MOST_OF_ALL_SUPPORT).filter(({ logRatios }) =>
      logRatios.some((ratio) => ratio !== 0),
    );
  }

  /** How much rarer a habit is among all clusters than with one that is known for it, within narrow limits. */
  #support(
    key: string,
    of: (profile: ClusterProfile) => ReadonlyMap<string, Credence>,
    value: string,
    what: Explanation,
    fits = true,
  ): Row {
    const profiles = this.hypotheses.flatMap(({ profile }) => profile ?? []);
    const told = profiles.filter((profile) => of(profile).size > 0);
    const users = told.filter((profile) => of(profile).has(value)).length;
    const rarity = (told.length + 1) / (users + 1);
    return {
      key,
      strength: "supporting",
      what,
      findings: [],
      independence: 1,
      logRatios: this.hypotheses.map(({ profile }) => {
        if (profile === undefined || of(profile).size === 0) return 0;
        const credence = of(profile).get(value);
        if (credence === undefined) return fits ? Math.log(LEAST_OF_SUPPORT) : 0;
        const ratio = fits ? Math.min(MOST_OF_SUPPORT, rarity) : 1 / MOST_OF_SUPPORT;
        return Math.log(believed(ratio, credence.weight));
      }),
      said: this.#said((profile) => of(profile).get(value)),
      isGate: false,
    };
  }

  /** What a cluster is known for, few others do, a detector that ran looks for, and nothing shows. */
  #absent({ techniques }: Observations, { testable }: Setting): Row[] {
    const seen = new Set([...techniques.keys()].map(parentOf));
    const missing = [...testable]
      .filter((id) => !seen.has(parentOf(id)) && this.#techniques.users(id) <= CHARACTERISTIC)
      .sort();
    const rows = missing.map(
      (id): Row => ({
        key: `absent|${id}`,
        strength: "absent",
        what: { key: "attribution.absent", args: [{ type: "text", value: id }] },
        findings: [],
        independence: 1,
        // `+ 0`: a ratio of one is 0, never −0.
        logRatios: this.hypotheses.map(
          ({ profile }) => Math.log(1 - SHOWN * (profile?.techniques.get(id)?.weight ?? 0)) + 0,
        ),
        said: this.#said(({ techniques: own }) => own.get(id)),
        isGate: false,
      }),
    );
    return limited(rows, MOST_OF_ABSENCE).filter(({ logRatios }) => logRatios.some((log) => log !== 0));
  }

  #said(of: (profile: ClusterProfile) => Credence | undefined): Map<string, Credence> {
    return new Map(
      this.hypotheses.flatMap(({ id, profile }) => {
        const credence = profile === undefined ? undefined : of(profile);
        return credence === undefined ? [] : [[id, credence] as const];
      }),
    );
  }
}

function potency({ ratio, seen, holders }: Match): number {
  return ratio * seen.credence * Math.max(0, ...holders.map(({ credence }) => credence.weight));
}

/** The same rows, weaker where they together say more than `most` (a logarithm) for or against a hypothesis. */
function limited(rows: readonly Row[], most: number): Row[] {
  const sums = (rows[0]?.logRatios ?? []).map((_, at) =>
    Math.abs(rows.reduce((sum, { logRatios }) => sum + (logRatios[at] ?? 0), 0)),
  );
  return rows.map((row) => ({
    ...row,
    logRatios: row.logRatios.map((log, at) =>
      (sums[at] ?? 0) > most ? (log * most) / (sums[at] ?? 1) : log,
    ),
  }));
}
