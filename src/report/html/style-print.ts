import { say } from "../catalogue.js";

/** A text as a string of a style sheet: neither a quote in it nor `</style>` ends anything. */
function cssString(text: string): string {
  return `"${text.replace(/[^\p{L}\p{M}\p{N} :+.,·–—-]/gu, (sign) => `\\${sign.codePointAt(0)?.toString(16)} `)}"`;
}

/**
 * Paper. The marking stands on every page (TLP 2.0, section 4): in the page margin where the browser knows margin boxes (CSS Paged
 * Media 3; Chromium), and for Firefox and Safari, which do not, as a fixed line that they repeat on each page.
 */
export function printStyle(label: string, colour: string, synthetic: boolean): string {
  const notice = cssString(synthetic ? say("page.synthetic.margin") : "");
  const marking = cssString(label);
  return `
@page{size:A4;margin:19mm 15mm 17mm;
@top-left{content:${notice};font:600 8.5pt sans-serif;color:#a85a00}
@top-right{content:${marking};font:700 9pt Arial,sans-serif;color:${colour};background:#000;padding:0 2mm;height:5.5mm;width:max-content;margin:auto 0 3mm auto;text-align:center;-webkit-print-color-adjust:exact;print-color-adjust:exact}
@bottom-left{content:${marking};font:700 8pt Arial,sans-serif;color:#000}
@bottom-right{content:counter(page) " / " counter(pages);font:8pt sans-serif;color:#555}}
@media print{
.beside{grid-template-columns:minmax(0,1fr) minmax(0,.5fr)}
html{font-size:12.5px}
body{font-size:9.5pt;line-height:1.42}
header,nav,main,footer{max-width:none;padding-left:0;padding-right:0}
nav,.skip{display:none}
header{padding-top:0}
h1{font-size:22pt}h2{font-size:14pt;break-after:avoid}h3{break-after:avoid}
section{padding-top:6mm}section+section{margin-top:6mm}
.statement{font-size:12pt}
.judgements>li,.tile,figure,.gaps>div,.legend,tr,.finding>summary{break-inside:avoid}
#judgements,#weeks,#infrastructure,#findings{break-before:page}
.brief>div{grid-template-columns:22mm 1fr;gap:4mm;padding:1.6mm 0;break-inside:avoid}.brief dt{font-size:9.5pt}
#brief{font-size:9pt;line-height:1.36}#brief .statement{font-size:11pt}
.indicators td:first-child{width:34%}.indicators code{font-size:7pt}
thead{display:table-header-group}
table{font-size:8.2pt}th{font-size:7.6pt}
.tiles{grid-template-columns:repeat(4,1fr)}.tile strong{font-size:15pt}
.infrastructure td:first-child{width:30%}.infrastructure code{font-size:7pt}.bar{width:34px}
.organisations{font-size:7.6pt}.organisations td:first-child{min-width:26mm}.organisations td:last-child{width:36%}
.organisations .badge{font-size:7pt;padding:0 .3em}
td,th{padding-right:2mm}
.scroll,details.data>.scroll{overflow:visible;max-height:none}
.chart.wide{display:block}.chart.narrow{display:none}
.chart.scroll svg{min-width:0;width:100%}
details.data{display:none}
#incidents figure{break-inside:auto}
#incidents figure:first-of-type>.data{display:block}
#incidents figure:first-of-type>.data::details-content{content-visibility:visible;display:block;height:auto}
.judged::details-content{content-visibility:visible;display:block;height:auto}
.judged .evidence::details-content{content-visibility:visible;display:block;height:auto}
.matrix{min-width:0;width:100%;font-size:7pt;border-spacing:.6mm}
.matrix tbody th{position:static;font-size:7.4pt;max-width:46mm}
.matrix td{min-width:0;height:4.4mm}.matrix.dense{border-spacing:.2mm}.matrix.dense td{height:3.6mm}
.matrix td,.cell,.mark,.bar,.bar span,.scale i,svg,.badge{-webkit-print-color-adjust:exact;print-color-adjust:exact}
pre{max-height:none;overflow:visible;font-size:7pt;break-inside:avoid-page}pre.copy{break-inside:auto}
a{color:inherit;text-decoration:none}
}
@supports (-moz-appearance:none) or (font:-apple-system-body){@media print{
.running{display:block;position:fixed;top:0;right:0;margin:0;z-index:2;background:#000;color:${colour};font:700 8pt Arial,sans-serif;padding:0 2mm;-webkit-print-color-adjust:exact;print-color-adjust:exact}
}}
`;
}
