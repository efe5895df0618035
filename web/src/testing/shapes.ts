import { createHash } from "node:crypto";
import ts from "typescript";

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: [],
};

/** What a property of an exported type comes to when every name in it is put out of the way, down to the last field. */
export function shapesIn(file: string, typeName: string): (property: string) => string {
  const program = ts.createProgram([file], OPTIONS);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  const found = module && checker.getExportsOfModule(module).find(({ name }) => name === typeName);
  if (!found) throw new Error(`There is no ${typeName} in ${file}.`);
  const type = checker.getDeclaredTypeOfSymbol(found);
  return (name) => {
    const property = type.getProperty(name);
    if (!property) throw new Error(`There is no ${name} in ${typeName}.`);
    return shapeOf(checker, program, checker.getTypeOfSymbol(property));
  };
}

export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function shapeOf(checker: ts.TypeChecker, program: ts.Program, type: ts.Type): string {
  const inner = (one: ts.Type) => shapeOf(checker, program, one);
  if (type.isUnion()) return [...new Set(type.types.map(inner))].sort().join(" | ");
  if (checker.isArrayType(type))
    return `(${checker.getTypeArguments(type as ts.TypeReference).map(inner)})[]`;
  const isObject = type.isIntersection() || (type.flags & ts.TypeFlags.Object) !== 0;
  if (!isObject || isOfBrowser(program, type)) return checker.typeToString(type);
  const fields = checker.getPropertiesOfType(type).map((field) => {
    const mark = field.flags & ts.SymbolFlags.Optional ? "?" : "";
    return `${field.name}${mark}: ${inner(checker.getTypeOfSymbol(field))}`;
  });
  const index = checker
    .getIndexInfosOfType(type)
    .map((info) => `[${inner(info.keyType)}]: ${inner(info.type)}`);
  return `{ ${[...fields, ...index].sort().join("; ")} }`;
}

/** `Blob` and its like: the browser's own affair. */
function isOfBrowser(program: ts.Program, type: ts.Type): boolean {
  const declared = type.symbol?.declarations ?? [];
  return declared.some((one) => program.isSourceFileDefaultLibrary(one.getSourceFile()));
}
