import { isConstructorDeclaration, SyntaxKind } from 'typescript/unstable/ast';
import type { Checker, Symbol as Declared, Project, Signature, Type } from 'typescript/unstable/sync';
import { SignatureKind, SymbolFlags } from 'typescript/unstable/sync';

/** Something that a user of a package can name or reach, and what the editor shows of it. */
export interface PublicMember {
  /** Where it is from the door, `RLMResult.usage.calls` for example. */
  path: string;
  docstring: string;
}

/**
 * Everything that a user reaches through a door: what it exports, and every property and parameter's property from there on,
 * as far as the sources of this repository declare it. What is reached twice is listed once.
 */
export function publicMembers({ program, checker }: Project, door: string): PublicMember[] {
  const file = program.getSourceFile(door);
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`There is no module ${door}`);
  const walk = new Walk(checker);
  for (const exported of checker.getExportsOfModule(module)) walk.visitExport(exported);
  return walk.members;
}

class Walk {
  readonly members: PublicMember[] = [];
  readonly #checker: Checker;
  readonly #types = new Set<number>();
  readonly #properties = new Set<string>();

  constructor(checker: Checker) {
    this.#checker = checker;
  }

  visitExport(exported: Declared): void {
    const symbol = exported.flags & SymbolFlags.Alias ? this.#checker.getAliasedSymbol(exported) : exported;
    this.#list(symbol, exported.name);
    if (symbol.flags & SymbolFlags.Type) this.#visitType(this.#checker.getDeclaredTypeOfSymbol(symbol), exported.name);
    if (symbol.flags & SymbolFlags.Value) this.#visitTypeOf(symbol, exported.name);
  }

  #list(symbol: Declared, path: string): void {
    const docstring = isInferred(symbol) ? '' : symbol.getDocumentationComment(this.#checker).trim();
    this.members.push({ path, docstring });
  }

  #visitTypeOf(symbol: Declared, path: string): void {
    const type = this.#checker.getTypeOfSymbol(symbol);
    if (type !== undefined) this.#visitType(type, path);
  }

  #visitType(type: Type, path: string): void {
    if (this.#types.has(type.id)) return;
    this.#types.add(type.id);
    for (const part of this.#partsOf(type)) this.#visitType(part, path);
    if (!type.isObjectType() && !type.isIntersectionType()) return;
    for (const property of this.#checker.getPropertiesOfType(type)) this.#visitProperty(property, path);
    for (const kind of [SignatureKind.Call, SignatureKind.Construct]) {
      for (const signature of this.#checker.getSignaturesOfType(type, kind)) {
        if (isPrivate(signature)) continue;
        for (const parameter of signature.getParameters()) this.#visitTypeOf(parameter, path);
        this.#visitType(this.#checker.getReturnTypeOfSignature(signature) ?? type, path);
      }
    }
  }

  #visitProperty(property: Declared, path: string): void {
    const declarations = property.declarations.map(({ path, index }) => `${path}:${index}`).join();
    if (!isOurs(property) || this.#properties.has(declarations)) return;
    this.#properties.add(declarations);
    this.#list(property, `${path}.${property.name}`);
    this.#visitTypeOf(property, `${path}.${property.name}`);
  }

  *#partsOf(type: Type): Iterable<Type> {
    yield* type.getAliasTypeArguments();
    if (type.isUnionType()) yield* type.getTypes();
    if (type.isConditionalType()) yield* [type.getTrueType(), type.getFalseType()];
    if (type.isTypeReference()) yield* this.#checker.getTypeArguments(type);
    if (type.isObjectType()) yield* this.#checker.getIndexInfosOfType(type).map(({ valueType }) => valueType);
  }
}

/** Declaration files keep the docstrings of types; those of a value that a type is inferred from reach nobody. */
function isInferred({ declarations }: Declared): boolean {
  return declarations.some(({ kind }) => kind === SyntaxKind.PropertyAssignment);
}

/** A constructor that its class alone calls: nobody else gives it anything. */
function isPrivate({ declaration }: Signature): boolean {
  const node = declaration?.kind === SyntaxKind.Constructor ? declaration.resolve() : undefined;
  if (node === undefined || !isConstructorDeclaration(node)) return false;
  return node.modifiers?.some(({ kind }) => kind === SyntaxKind.PrivateKeyword) ?? false;
}

/** Names of other packages, of JavaScript and of Node have docstrings of their own, or none that we could mend. */
function isOurs({ name, declarations }: Declared): boolean {
  return !name.includes('#') && declarations.some(({ path }) => /\/packages\/[\w-]+\/src\//.test(path));
}
