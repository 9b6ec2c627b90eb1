// Only names that are written out can be found by the compiler of the page, which then puts the class in their place.
declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>;
  export = classes;
}
declare module '*.css';
