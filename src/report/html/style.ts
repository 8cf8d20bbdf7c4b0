import { printStyle } from "./style-print.js";

/**
 * Colours: Okabe and Ito's colour-blind safe hues, darkened or lightened until text on them reaches WCAG AA in both schemes. Nothing is
 * said by colour alone: every status has a sign, every basis a shape, every gap a hatching.
 */
const LIGHT = `--paper:#fff;--ink:#1a1f26;--muted:#59626e;--rule:#dde1e6;--wash:#f4f6f8;--link:#0a4f8f;
--compromised:#a3271f;--suspected:#a85a00;--contacted:#2a6a9e;--quiet:#6d7783;--out:#c2571a;--in:#2f7fb5;--edge:#9aa5b1;--hatch:#8b949e;
--w1:#fbe0cc;--w2:#ef9c63;--w3:#b04a12;--w1t:#5a2a08;--w2t:#3b1a03;--w3t:#fff;--mark:#fff3bf;`;
const DARK = `--paper:#14181d;--ink:#e7eaee;--muted:#a3adb8;--rule:#323a44;--wash:#1d232a;--link:#8cc4f5;
--compromised:#ff8d80;--suspected:#f5b04a;--contacted:#7fbdee;--quiet:#98a3af;--out:#ee8a4d;--in:#5fb0e6;--edge:#5f6a76;--hatch:#717c88;
--w1:#4d2c17;--w2:#a5541f;--w3:#f39a5e;--w1t:#f8d9c3;--w2t:#fff;--w3t:#1d0d02;--mark:#5c4a00;`;

const BASE = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
header,nav,main,footer{max-width:1130px;margin:0 auto;padding:0 1.5rem}
h1{font-size:2.3rem;line-height:1.15;letter-spacing:-.015em;font-weight:650;margin:.4rem 0 1rem;text-wrap:balance}
h2{font-size:1.45rem;line-height:1.25;letter-spacing:-.01em;font-weight:650;margin:0 0 1rem}
h3{font-size:1.05rem;margin:2rem 0 .5rem}
p{margin:0 0 .6rem}
a{color:var(--link);text-underline-offset:.15em;text-decoration-thickness:.06em}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--link);outline-offset:2px}
code,pre{font-family:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.88em}
section{padding:2.6rem 0 0;margin:0 0 1rem}
section+section{border-top:1px solid var(--rule);margin-top:2.6rem}
.quiet,figcaption,caption{color:var(--muted)}
.quiet{font-size:.9em}
.lead{max-width:75ch;color:var(--muted)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.patterns{position:absolute}
.skip{position:absolute;left:-99em}.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem 1rem;z-index:9}
.running{display:none}
mark{background:var(--mark);color:inherit}
header{padding-top:1.6rem}
.top{display:flex;justify-content:space-between;align-items:center;gap:1rem}
.brand{color:var(--muted);font-weight:600;letter-spacing:.02em}
.tlp{display:inline-block;background:#000;padding:.18rem .6rem;font:700 .95rem/1.5 Arial,"Helvetica Neue",sans-serif;letter-spacing:.01em;white-space:nowrap;-webkit-print-color-adjust:exact;print-color-adjust:exact;box-shadow:0 0 0 1px #444}
.synthetic{border:2px dashed var(--suspected);padding:.6rem 1rem;margin:0 0 1.4rem;border-radius:4px}
header dl{display:flex;flex-wrap:wrap;gap:.3rem 2.5rem;margin:0}
dt{color:var(--muted);font-size:.85rem}dd{margin:0}
nav{margin-top:1.6rem}
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1rem;list-style:none;margin:0;padding:.65rem 0;border-top:1px solid var(--rule);border-bottom:1px solid var(--rule);font-size:.9rem}
nav a{text-decoration:none}nav a:hover{text-decoration:underline}
footer{margin-top:3.5rem;padding-top:1.4rem;padding-bottom:3rem;border-top:1px solid var(--rule)}
`;

const JUDGEMENTS = `
.judgements{list-style:none;counter-reset:j;margin:0;padding:0;max-width:82ch}
.judgements>li{counter-increment:j;position:relative;padding:0 0 1.5rem 3rem}
.judgements>li::before{content:counter(j);position:absolute;left:0;top:.05rem;font-size:1.5rem;line-height:1.3;font-weight:650;color:var(--muted)}
.judgements>li+li{border-top:1px solid var(--rule);padding-top:1.3rem}.judgements>li+li::before{top:1.35rem}
.statement{font-size:1.13rem;line-height:1.45;font-weight:550;text-wrap:pretty}
.facts{display:flex;flex-wrap:wrap;gap:.4rem 2rem;margin:.7rem 0 0}
.facts dd{font-size:.95rem}
.brief{max-width:96ch;margin:1rem 0 0}
.brief>div{display:grid;grid-template-columns:7rem 1fr;gap:1rem;padding:.6rem 0;border-top:1px solid var(--rule)}
.brief dt{color:var(--ink);font-weight:650;font-size:1rem}
.brief p,.brief ol{margin:0 0 .2rem}.brief ol{padding-left:1.3rem}
.scale{display:inline-flex;gap:2px;vertical-align:.05em;margin-right:.35em}
.scale i{width:9px;height:11px;background:var(--rule)}.scale i.on{background:var(--ink)}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:1px;margin:0;background:var(--rule);border:1px solid var(--rule)}
.tile{background:var(--paper);padding:.9rem 1.1rem}
.tile strong{display:block;font-size:1.85rem;line-height:1.25;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums;white-space:nowrap}
.tile span{color:var(--muted);font-size:.86rem;line-height:1.35;display:block}
.tile.compromised strong{color:var(--compromised)}.tile.suspected strong{color:var(--suspected)}
`;

const TABLES = `
table{border-collapse:collapse;width:100%;font-size:.92rem;line-height:1.45}
caption{text-align:left;padding:0 0 .4rem;font-size:.92rem}
th{text-align:left;font-weight:600;color:var(--muted);font-size:.84rem;vertical-align:bottom;padding:.35rem .9rem .45rem 0;border-bottom:2px solid var(--rule);overflow-wrap:normal}
td{vertical-align:top;padding:.6rem .9rem .6rem 0;border-bottom:1px solid var(--rule)}
th:last-child,td:last-child{padding-right:0}
td p{margin:0 0 .25rem}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.n{overflow-wrap:normal}
time{white-space:nowrap;font-variant-numeric:tabular-nums}
.solid{white-space:nowrap}
.infrastructure td:first-child{width:29%}.infrastructure td:last-child{width:36%}.infrastructure th.n{white-space:normal}
.indicators td:first-child{width:30%}.indicators td:last-child{width:32%}
.compact td{padding-top:.3rem;padding-bottom:.3rem}
.organisations{font-size:.88rem}.organisations td:first-child{min-width:9.5rem}.organisations td:last-child{width:34%}
.organisations th.n{white-space:normal}
.organisations .quiet{font-size:.92em}
td code.strong{font-weight:650;font-size:.95em}
.badge,.basis,.severity{white-space:nowrap}
.badge{display:inline-block;border:1.5px solid currentColor;border-radius:3px;padding:0 .45rem;font-size:.84rem;font-weight:600}
.badge.compromised,.sign.compromised{color:var(--compromised)}.badge.suspected,.sign.suspected{color:var(--suspected)}.badge.contacted,.sign.contacted{color:var(--contacted)}
.badge.no_evidence,.badge.no_data,.sign.no_evidence,.sign.no_data{color:var(--quiet)}
.badge.no_data{border-style:dashed}
.hosts{margin:.4rem 0 0;padding-left:1.1rem;font-size:.92em}
.bar{display:inline-block;width:64px;height:8px;background:var(--rule);margin-right:.5rem;vertical-align:.06em}
.bar span{display:block;height:100%;background:var(--in)}
summary{cursor:pointer;color:var(--link)}
details.more,details.data{margin-top:1rem}
details.data>.scroll{max-height:26rem;overflow:auto;margin-top:.6rem}
.scroll{overflow-x:auto;max-width:100%}
.gaps{display:grid;grid-template-columns:1fr;gap:0;margin:0}
.gaps>div{display:grid;grid-template-columns:minmax(12rem,1fr) 2fr;gap:1.5rem;padding:.6rem 0;border-bottom:1px solid var(--rule)}
.gaps dt{color:var(--ink);font-weight:600;font-size:1rem}
.glossary{display:grid;grid-template-columns:1fr 1fr;gap:1.8rem 3rem;align-items:start}
.glossary caption{font-weight:600;color:var(--ink)}
.glossary td:first-child{white-space:nowrap}
.strip{display:block;width:100%;min-width:10rem;height:14px}
.coverage td:nth-child(2){width:60%}
`;

const PICTURES = `
figure{margin:0 0 1.6rem}
figcaption{font-size:.9rem;margin:.5rem 0 0;max-width:100ch}
.chart svg{display:block;width:100%;height:auto}
.chart.narrow{display:none}
.marks>span{display:inline-block;margin-right:1rem;color:var(--ink)}
.mark{display:inline-block;width:11px;height:11px;vertical-align:-.05em;border:2px solid transparent}
.mark.confirmed{background:var(--compromised);transform:rotate(45deg) scale(.85)}
.mark.suspected{background:var(--suspected);border-radius:50%}
.mark.related{border-color:var(--contacted);border-radius:50%}
.swatch-out{background:var(--out)}.swatch-in{background:var(--in)}.swatch-contacted{background:var(--contacted)}
.swatch-makeup{border-color:var(--contacted)}
.swatch-line{height:0;border:0;border-top:3px solid var(--contacted);vertical-align:.25em;width:16px}
.beside{display:grid;grid-template-columns:690px minmax(0,380px);gap:0 12px;align-items:start;margin-top:1.2rem}
.beside figure{min-width:0}
.verdict{font-weight:600}.verdict.undecided,.verdict.unknown{font-weight:400;color:var(--muted)}.verdict.excluded{font-weight:400;text-decoration:line-through;text-decoration-color:var(--quiet)}
.over{color:var(--muted);font-size:.92rem;margin:1.6rem 0 .2rem}.calendars{font-size:.88rem}.calendars td:last-child{width:36%}.calendars td:first-child{min-width:7.5rem}.calendars td:nth-child(2){min-width:7.2rem;overflow-wrap:normal}.calendars th.n{white-space:normal}
.swatch-compromised{background:var(--compromised)}.swatch-suspected{background:var(--suspected)}.swatch-orgs,.swatch-quiet{background:var(--quiet)}
.swatch-hatch,.swatch-hatch-light{width:20px}
.swatch-hatch,.wx{background:repeating-linear-gradient(45deg,var(--hatch) 0 2px,var(--wash) 2px 6px)}
.swatch-hatch-light,.wp{background:repeating-linear-gradient(45deg,var(--hatch) 0 1px,transparent 1px 7px)}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.3rem;list-style:none;margin:0 0 1rem;padding:0;font-size:.9rem}
.cell{display:inline-block;width:1.5rem;height:1.15rem;line-height:1.15rem;text-align:center;font-size:.78rem;vertical-align:-.15em;margin-right:.2rem}
.w1{background-color:var(--w1);color:var(--w1t)}.w2{background-color:var(--w2);color:var(--w2t)}.w3{background-color:var(--w3);color:var(--w3t)}.w0{background-color:var(--wash);color:var(--muted)}
.matrix{font-size:.82rem;width:100%;border-collapse:separate;border-spacing:2px}
.matrix th,.matrix td{border:0}
.matrix thead th{padding:0 .2rem .15rem;text-align:center;font-size:.76rem;font-weight:500}
.matrix thead th:first-child{text-align:left}
.matrix thead tr:first-child th:first-child{vertical-align:bottom}
.matrix thead th.month{text-align:left;border-left:1px solid var(--rule);white-space:nowrap;overflow:hidden;max-width:0}
.matrix abbr{text-decoration:none}
.matrix td{min-width:1.45rem;height:1.45rem;padding:0;text-align:center;vertical-align:middle;font-variant-numeric:tabular-nums}
.matrix tbody th{position:sticky;left:0;background:var(--paper);color:var(--ink);font-weight:400;font-size:.86rem;padding:0 .8rem 0 0;white-space:nowrap;max-width:19rem;overflow:hidden;text-overflow:ellipsis;vertical-align:middle}
.sign{display:inline-block;width:1.3em}
.matrix.dense{border-spacing:1px}.matrix.dense td{min-width:.8rem;height:1.1rem}.matrix.dense thead th{padding:0}
`;

const FINDINGS = `
.finding{border-bottom:1px solid var(--rule)}
.finding>summary{display:flex;flex-wrap:wrap;gap:.1rem .9rem;align-items:baseline;padding:.55rem 0;color:var(--ink);list-style-position:outside}
.finding>summary::before{content:"▸";color:var(--muted);width:.7em}.finding[open]>summary::before{content:"▾"}
.finding>summary::-webkit-details-marker{display:none}
.finding .number{color:var(--muted);font-variant-numeric:tabular-nums;min-width:2.2em}
.finding .what{flex:1 1 20rem}
.severity{font-size:.88rem;min-width:8.2em;font-weight:600}
.severity .steps{letter-spacing:-.02em;font-size:.72em;vertical-align:.08em}.severity .steps span{opacity:.22}
.s4,.s3{color:var(--compromised)}.s2{color:var(--suspected)}.s1{color:var(--contacted)}.s0{color:var(--quiet)}
.inside{padding:.2rem 0 1.6rem 1.6rem;scroll-margin-top:4rem}
.inside:target{border-left:3px solid var(--link);padding-left:calc(1.6rem - 3px)}
.explanation{max-width:78ch;font-size:1.02rem}
.components{max-width:60rem;margin:.8rem 0}
.components td:nth-child(2){white-space:nowrap}
.inside .facts{margin:.8rem 0}.inside .facts>div:first-child{flex-basis:100%}
.caveats{color:var(--muted);font-size:.92rem;max-width:78ch}
.evidence ol{padding-left:1.6rem;font-size:.92rem}.evidence li{margin:.6rem 0}
.source{font-size:.86rem;color:var(--muted)}
pre{margin:.25rem 0 0;padding:.55rem .8rem;background:var(--wash);border:1px solid var(--rule);overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere;tab-size:4;font-size:.8rem;line-height:1.5;unicode-bidi:plaintext;max-height:22rem;overflow-y:auto}
pre.copy{-webkit-user-select:all;user-select:all;cursor:copy}
`;

/** Below a tablet's width wide rows become cards; below a phone's, charts their narrow drawing. */
const PHONE = `
@media screen and (max-width:1000px){
.cards,.cards tbody,.cards tr,.cards td{display:block;width:auto!important;min-width:0!important}
.cards thead{display:none}
.cards tr{padding:.8rem 0;border-bottom:1px solid var(--rule)}
.cards td{border:0;padding:.08rem 0;text-align:left;white-space:normal}
.cards td+td:not(:last-child),.cards td.n:last-child{display:grid;grid-template-columns:7rem 1fr;gap:.6rem}
.cards td+td:not(:last-child)::before,.cards td.n:last-child::before{content:attr(data-label);color:var(--muted);font-size:.85rem}
.organisations tr{display:grid;grid-template-columns:1fr 1fr;gap:.05rem 1rem}
.organisations td:first-child,.organisations td:nth-child(2),.organisations td:last-child{grid-column:1/-1;width:auto}
.organisations td:first-child{font-size:1.02rem}
.cards.organisations td+td:not(:last-child){grid-template-columns:5.1rem 1fr;gap:.3rem}
.cards.organisations td:nth-child(2){display:block}.cards.organisations td:nth-child(2)::before{content:none}
.organisations td:nth-child(2) br+.quiet{display:inline}
}
@media screen and (max-width:720px){
header,nav,main,footer{padding-left:1.05rem;padding-right:1.05rem}
h1{font-size:1.75rem}h2{font-size:1.3rem}
section{padding-top:1.9rem}section+section{margin-top:1.9rem}
.statement{font-size:1.08rem}.judgements>li{padding-left:1.9rem}.judgements>li::before{font-size:1.2rem}
.tiles{grid-template-columns:1fr 1fr}.tile{padding:.7rem .8rem}.tile strong{font-size:1.45rem}
.chart.wide{display:none}.chart.narrow{display:block}
.chart.scroll svg{width:auto;max-width:none;height:auto;min-width:900px}
.gaps>div,.brief>div{grid-template-columns:1fr;gap:.1rem}
.glossary{grid-template-columns:1fr}
.beside{grid-template-columns:1fr}
.compact{font-size:.84rem}.compact td,.compact th{padding-right:.5rem}
.matrix tbody th{max-width:9.5rem}
.inside{padding-left:.2rem}.finding .what{flex-basis:100%;order:3}.finding .when{order:4}
}
`;

/** The style sheet. Marking and synthetic notice go into the margin of every printed page. */
export function styleSheet(label: string, colour: string, synthetic: boolean): string {
  const scheme = `:root{color-scheme:light dark;${LIGHT}}@media screen and (prefers-color-scheme:dark){:root{${DARK}}}`;
  const marking = `.tlp{color:${colour}}`;
  return [
    scheme,
    BASE,
    JUDGEMENTS,
    TABLES,
    PICTURES,
    FINDINGS,
    PHONE,
    printStyle(label, colour, synthetic),
    marking,
  ]
    .join("")
    .replace(/\n+/g, "\n");
}
