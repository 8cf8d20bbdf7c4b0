export { type Contact, type Hours, plantingOf } from "./contacts.js";
export { randomOf, sample } from "./random.js";
export { type Server, serverOf } from "./servers.js";
export { type Shape, shapes } from "./shapes.js";
